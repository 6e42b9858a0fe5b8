// A wide set of requests, most of which fail, with secrets wherever people and programs put them.
import { randomUUID } from 'node:crypto';
import { makeCanary } from '@ainotebook/testkit';
import { listProcedures } from '../../packages/api/dist/procedure-list.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * @param {string} baseUrl
 * @param {(status: number, text: string) => void} onAnswer told of each answer with its headers
 */
export function createAsker(baseUrl, onAnswer) {
  let asked = 0;
  /** @returns {Promise<{ status: number, text: string, cookies: string[] }>} */
  async function ask(method, target, { headers = {}, body, isOperator = false } = {}) {
    asked += 1;
    const answer = await fetch(`${baseUrl}${target}`, {
      method,
      redirect: 'manual',
      headers: {
        // Budgets are counted by address; whoever comes through a proxy is no operator.
        ...(isOperator ? {} : { 'x-forwarded-for': `192.0.2.${asked % 250}` }),
        ...headers,
      },
      body,
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    const said = `${JSON.stringify([...answer.headers])}\n${text}`;
    onAnswer(answer.status, said);
    return { status: answer.status, text, cookies: answer.headers.getSetCookie() };
  }
  const tell = (path, input, { token, headers } = {}) =>
    ask('POST', `/api/trpc/${path}`, {
      headers: { ...JSON_TYPE, ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      body: JSON.stringify({ json: input ?? null }),
    });
  const query = (path, input, { token, headers } = {}) =>
    ask(
      'GET',
      `/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ json: input ?? null }))}`,
      {
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      },
    );
  const dataOf = ({ text, status }) => {
    if (status >= 400) throw new Error(`refused: ${text}`);
    return JSON.parse(text).result.data.json;
  };
  return { ask, tell, query, dataOf, count: () => asked };
}

/** Every procedure, with a secret in each field it has, in each kind, by nobody and by somebody. */
export async function askEveryProcedure({ tell, query }, { token, value }) {
  const procedures = listProcedures().filter(({ type }) => type !== 'subscription');
  for (const { path, type, input } of procedures) {
    const names = Object.keys(input?.shape ?? input?.unwrap?.().shape ?? {});
    const fields = Object.fromEntries([...names, 'password', 'token'].map((name) => [name, value]));
    const send = type === 'query' ? query : tell;
    await send(path, fields);
    // Sign-outs and the like have no input to be wrong, and would end what goes on.
    if (input !== null) await send(path, { ...fields, data: { unknown: value } }, { token });
  }
  return procedures.length;
}

/** Bodies that cannot be read, headers that lie, addresses with secrets in them. */
export async function askBadly({ ask }, { value, apiKey, cookies }) {
  for (const target of ['/api/trpc/auth.login', '/api/v1/articles', '/api/mcp', '/api/files']) {
    for (const body of [value, `{"json":{"password":"${value}`, `{"a":${value}}`]) {
      await ask('POST', target, { headers: JSON_TYPE, body });
      await ask('POST', target, { headers: { authorization: `Bearer ${apiKey}x` }, body });
    }
  }
  const long = `${value}-`.repeat(60_000);
  await ask('POST', '/api/trpc/articles.create', { headers: JSON_TYPE, body: long });
  for (const name of ['authorization', 'cookie', 'x-api-key', 'idempotency-key', 'x-request-id']) {
    await ask('GET', '/api/v1/articles', { headers: { [name]: `Basic ${value}` } });
  }
  await ask('POST', '/api/trpc/auth.refresh', {
    headers: { ...JSON_TYPE, cookie: cookies },
    body: '{}',
  });
  for (const target of [
    `/reset?token=${value}`,
    `/verify?token=${value}`,
    `/register?invitation=${value}&setup=${value}`,
    `/p/nothing?api_key=${apiKey}&code=${value}`,
    `/api/v1/articles?access_token=${apiKey}&token=${value}`,
    `/api/trpc/articles.get?input=${encodeURIComponent(JSON.stringify({ json: { id: value } }))}`,
    `/s/${value}`,
    `/ws?token=${value}`,
    `/api/files/${randomUUID()}?key=${value}`,
    '/metrics',
    '/queues',
  ]) {
    await ask('GET', target);
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  // What comes to these is kept, for whoever has to look into it.
  await ask('POST', '/api/payments/alipay/notify', {
    headers: form,
    body: 'sign=forged&out_trade_no=1',
  });
  await ask('POST', '/api/payments/wechat/notify', {
    headers: { ...JSON_TYPE, 'wechatpay-signature': 'forged', 'wechatpay-nonce': 'n' },
    body: JSON.stringify({ resource: { ciphertext: 'forged' } }),
  });
}

/**
 * Two people who do what makes secrets, and what fails on the way.
 * @returns what only its holder may know, by what it is
 */
export async function live(asker, world) {
  const { ask, tell, query, dataOf } = asker;
  const secrets = {
    password: `${makeCanary('password')} "+/%`,
    newPassword: makeCanary('newpassword'),
    wrongPassword: makeCanary('wrongpassword'),
    hookToken: makeCanary('hooktoken'),
    importPassword: makeCanary('importpassword'),
    providerKey: makeCanary('providerkey'),
  };
  const { password, newPassword, wrongPassword } = secrets;
  const sign = (email, more) => ({
    email,
    password,
    displayName: 'Canary',
    session: 'token',
    ...more,
  });
  const keeper = dataOf(
    await tell(
      'auth.register',
      sign('keeper@example.org', { setupToken: world.settings.SETUP_TOKEN }),
    ),
  );
  const writer = dataOf(await tell('auth.register', sign('writer@example.org')));
  Object.assign(secrets, {
    access: writer.accessToken,
    refresh: writer.refreshToken,
    keeperAccess: keeper.accessToken,
    keeperRefresh: keeper.refreshToken,
  });
  const token = writer.accessToken;
  const browser = await tell('auth.login', { email: 'writer@example.org', password });
  const hidden = browser.cookies.filter((line) => line.includes('HttpOnly'));
  for (const line of hidden) {
    const [, name, value] = /^(?:__Host-)?(\w+)=([^;]+)/.exec(line);
    secrets[`cookie ${name}`] = value;
  }
  const cookies = browser.cookies.map((line) => line.split(';')[0]).join('; ');
  await tell('auth.login', { email: 'writer@example.org', password: wrongPassword });
  await tell('auth.changePassword', { currentPassword: wrongPassword, newPassword }, { token });
  const same = {
    headers: { cookie: cookies, 'x-ainotebook-client': 'web', origin: world.settings.APP_URL },
  };
  await tell('auth.refresh', {}, same);
  await tell('auth.refresh', {}, same);

  const idempotent = { token, headers: { 'idempotency-key': randomUUID() } };
  const key = { name: 'canary', scopes: ['articles:read'], expiresInDays: 1 };
  secrets.apiKey = dataOf(await tell('apiKeys.create', key, idempotent)).secret;
  await tell('apiKeys.create', key, idempotent);
  await query('articles.list', { limit: 5 }, { token: secrets.apiKey });
  await query('users.me', undefined, { token: secrets.apiKey });
  await ask('GET', '/api/v1/articles', { headers: { 'x-api-key': secrets.apiKey } });

  const { id: articleId } = dataOf(
    await tell('articles.create', { title: '金丝雀', content: '金丝雀在井下' }, { token }),
  );
  const share = dataOf(await tell('shares.create', { articleId }, { token }));
  secrets.share = new URL(share.url).pathname.split('/').at(-1);
  await ask('GET', `/s/${secrets.share}`);
  const invitation = dataOf(await tell('invitations.create', {}, { token: keeper.accessToken }));
  secrets.invitation = Object.values(invitation)
    .filter((value) => typeof value === 'string' && value.includes('/register'))
    .map((value) => /[?&#]invitation=([^&]+)/.exec(value)?.[1])[0];
  await ask('GET', `/register?invitation=${secrets.invitation}`);

  const url = `http://${world.receiver.host}/hook?token=${secrets.hookToken}`;
  const hook = dataOf(
    await tell('webhooks.create', { url, events: ['article.published'] }, { token }),
  );
  secrets.webhook = hook.secret;
  await tell('webhooks.sendTest', { id: hook.id }, { token });
  await tell('publications.publish', { articleId }, { token });
  await tell(
    'imports.create',
    { url: `http://u:${secrets.importPassword}@${world.receiver.host}/page` },
    { token },
  );
  await tell(
    'imports.create',
    { url: `http://${world.receiver.host}/page?token=${secrets.importPassword}` },
    { token },
  );

  await tell('conversations.ask', { question: '金丝雀在哪里' }, { token });
  const provider = {
    name: 'echo',
    kind: 'openai',
    baseUrl: `http://${world.receiver.host}/v1`,
    apiKey: secrets.providerKey,
  };
  dataOf(await tell('admin.ai.createProvider', provider, { token: keeper.accessToken }));
  await query('admin.ai.listProviders', undefined, { token: keeper.accessToken });
  const chats = ['volcengine', 'openai'].map((provider) => ({ kind: 'chat', provider }));
  for (const what of [
    ...chats,
    { kind: 'embedding' },
    { kind: 'web_search' },
    { kind: 'model', provider: 'echo', model: 'any' },
  ]) {
    await tell('admin.ai.test', what, { token: keeper.accessToken });
  }
  await tell('auth.requestPasswordReset', { email: 'writer@example.org' });
  return {
    secrets,
    token,
    keeperToken: keeper.accessToken,
    cookies,
    articleId,
    webhookId: hook.id,
  };
}
