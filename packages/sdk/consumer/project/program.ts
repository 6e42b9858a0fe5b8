// A program that uses every part of the package against a real server. Throws when something is wrong.
import {
  AbortError,
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConnectionError,
  createClient,
  isAiNotebookError,
  type LogEvent,
  NotFoundError,
  type StoredSession,
  UnsupportedByServerError,
  VERSION,
} from '@ainotebook/sdk';
import { verifyWebhook } from '@ainotebook/sdk/webhooks';

function must(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

const refusal = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    () => null,
    (error: unknown) => error,
  );

/** Works as a newly registered person, and says what was done. */
export async function run(baseUrl: string): Promise<string> {
  const events: LogEvent[] = [];
  const guest = createClient({ baseUrl, onLog: (event) => void events.push(event) });
  const name = `c${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16)).join('')}`;
  const session = await guest.auth.register({
    email: `${name}@example.org`,
    password: 'correct horse battery',
    displayName: name,
    handle: name,
    session: 'token',
  });
  must(session.user.createdAt instanceof Date, 'dates are dates');

  // A session kept as JSON whose access token has ended: renewed once for all calls.
  const stored: StoredSession[] = [];
  const kept: StoredSession = JSON.parse(
    JSON.stringify({ ...session, accessTokenExpiresAt: new Date(0) }),
  );
  const notes = guest.withSession(kept, { onChange: (changed) => void stored.push(changed) });
  const [me, tags] = await Promise.all([
    notes.users.me(),
    notes.tags.list(),
    notes.notebooks.list(),
  ]);
  must(
    me.handle === name && tags.length === 0 && stored.length === 1,
    'the session is renewed once',
  );

  // What is written is read, in both directions of the wire.
  const content = `# 茶\n\n${'明前茶最嫩。'.repeat(2000)}\n`;
  const article = await notes.articles.create({ title: '龙井', content, tags: ['茶'] });
  must((await notes.articles.get({ id: article.id })).content === content, 'the text comes back');
  const write = (text: string) =>
    notes.articles.save({
      id: article.id,
      baseRevision: article.revision,
      data: { title: '龙井', content: text },
    });
  must((await write('first')).status === 'saved', 'a save is kept');
  const second = await write('second');
  must(
    second.status === 'conflict' && second.current.content === 'first',
    'no text is overwritten',
  );

  const items = Array.from({ length: 25 }, (_, i) => ({ title: `note ${i}` }));
  await notes.articles.createMany({ items });
  const titles: string[] = [];
  for await (const { title } of notes.articles.list({ limit: 10 })) titles.push(title);
  must(new Set(titles).size === 26, 'every item of every page');

  const idempotencyKey = 'consumer-once-0001';
  const first = await notes.notebooks.create({ name: '茶' }, { idempotencyKey });
  const again = await notes.notebooks.create({ name: '茶' }, { idempotencyKey });
  must(first.id === again.id && first.createdAt.getTime() === again.createdAt.getTime(), 'once');

  const publication = await notes.publications.publish({ articleId: article.id });
  const read = await guest.publications.read({ slug: publication.slug });
  must(read.content === 'first' && read.publishedAt instanceof Date, 'anybody reads it');
  const schedule = await notes.publications.schedule({
    articleId: article.id,
    publishAt: new Date(Date.now() + 86_400_000),
  });
  must(schedule.publishAt instanceof Date, 'a date is sent as a date');

  // Streams.
  let answer = '';
  for await (const event of notes.conversations.chat({ question: '什么茶最嫩？' })) {
    if (event.type === 'text') answer += event.text;
    if (event.type === 'end') must(event.message.content === answer, 'all of the answer');
  }
  const left = new AbortController();
  const edit = notes.assist.edit(
    { action: 'summarise', articleId: article.id, text: '明前茶最嫩。雨前茶次之。' },
    { signal: left.signal },
  );
  const part = await edit.next();
  must(!part.done && part.value.type === 'text', 'a summary');
  left.abort();
  must((await refusal(edit.next())) instanceof AbortError, 'a stream that is left');

  const changes = notes.events.changes();
  const began = await changes.next();
  must(!began.done && began.value.type === 'alive', 'where it begins');
  const changed = changes.next();
  await notes.notebooks.create({ name: '新茶' });
  const told = await changed;
  must(!told.done && told.value.type === 'changed', 'a change is told');
  await changes.return();

  // Webhooks.
  const hook = { url: 'https://hooks.example.org', events: ['article.deleted' as const] };
  const { secret } = await notes.webhooks.create(hook);
  const body = JSON.stringify({ type: 'article.deleted', timestamp: '', data: { title: '龙井' } });
  const verified = await verifyWebhook(body, await signed(secret, body), secret);
  must(verified.type === 'article.deleted' && verified.data.title === '龙井', 'a signed event');
  const other = await refusal(verifyWebhook(`${body} `, await signed(secret, body), secret));
  must(other instanceof Error && other.name === 'WebhookVerificationError', 'another body');

  // Errors.
  const wrong = await refusal(notes.articles.get({ id: 'not an id' }));
  must(wrong instanceof BadRequestError && wrong.issues[0]?.path === 'id', 'the refused field');
  must(typeof wrong.requestId === 'string' && isAiNotebookError(wrong), 'an id to quote');
  const foreign = await refusal(notes.revisions.get({ id: crypto.randomUUID() }));
  must(foreign instanceof NotFoundError && foreign.code === 'not_found', 'not found');
  must((await refusal(guest.tags.list())) instanceof AuthenticationError, 'signed out');
  const unknown = await refusal(notes.$call('query', 'future.thing'));
  must(unknown instanceof UnsupportedByServerError && unknown instanceof ApiError, 'unsupported');
  const ended = notes.tags.list({ signal: AbortSignal.abort() });
  must((await refusal(ended)) instanceof AbortError, 'aborted');
  const nobody = createClient({ baseUrl: 'http://127.0.0.1:9', maxRetries: 0 });
  must((await refusal(nobody.system.info())) instanceof ConnectionError, 'nobody answers');

  const log = JSON.stringify(events);
  must(
    events.every(({ requestId, status }) => requestId !== null && status >= 200),
    'a log',
  );
  must(
    ![session.accessToken, session.refreshToken, '龙井'].some(
      (secret) => secret && log.includes(secret),
    ),
    'no secret in it',
  );
  return `SDK ${VERSION}: ${events.length} requests`;
}

/** The headers of a delivery, as the specification has them. */
async function signed(secret: string, body: string): Promise<Headers> {
  const timestamp = Math.floor(Date.now() / 1000);
  const raw = Uint8Array.from(atob(secret.slice(6)), (character) => character.charCodeAt(0));
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', raw, hmac, false, ['sign']);
  const text = new TextEncoder().encode(`id-1.${timestamp}.${body}`);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, text));
  return new Headers({
    'webhook-id': 'id-1',
    'webhook-timestamp': `${timestamp}`,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...bytes))}`,
  });
}
