import { generateKeyPairSync } from 'node:crypto';
import { startAlipay, startModels, startSmtp } from '@ainotebook/testkit';
import { expect, it } from 'vitest';
import { parseEnv } from '../env.js';
import { checkProviders } from './providers.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ALIPAY = {
  APP_URL: 'https://notes.example.com',
  ALIPAY_APP_ID: '2021000000000001',
  ALIPAY_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  // The commonest mistake: our own public key.
  ALIPAY_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};
const PRODUCTION = { NODE_ENV: 'production', EMBEDDED: 'true' };

const live = (env: Record<string, string>) => checkProviders(parseEnv(env), { isLive: true });

async function said(env: Record<string, string>, status: string) {
  const found = await checkProviders(parseEnv(env), { isLive: false });
  return found.filter((one) => one.status === status).map(({ says }) => says);
}

it('says of keys that cannot work why, and never a part of them', async () => {
  for (const [env, status] of [
    [ALIPAY, 'warn'],
    [{ ...ALIPAY, ...PRODUCTION }, 'fail'],
  ] as const) {
    const lines = await said(env, status);
    expect(lines.join('\n')).toContain('the public part of our own private key');
    expect(lines.join('\n')).not.toContain('BEGIN');
    expect(await said(env, 'off')).toContain('No payments.');
  }
});

it('says of an address that the channel cannot reach that payments are noticed late', async () => {
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const ALIPAY_PUBLIC_KEY = foreign.export({ type: 'spki', format: 'pem' }).toString();
  const inside = { ...ALIPAY, ALIPAY_PUBLIC_KEY, APP_URL: 'http://192.168.1.5:3000' };
  expect((await said(inside, 'warn')).join('\n')).toContain('noticed late');
  expect(await said(inside, 'ok')).toContain('Payment by alipay is set up (--live calls it).');
});

it('calls payment channels and the mail server where it is asked to, and changes nothing there', async () => {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [app, theirs, stranger] = [pair(), pair(), pair()];
  const alipay = await startAlipay({
    appId: ALIPAY.ALIPAY_APP_ID,
    keys: { app, alipay: theirs, stranger },
  });
  const smtp = await startSmtp({ auth: { user: 'notes', pass: 'of the mail server' } });
  const env = (wrong: Record<string, string> = {}) => ({
    ...ALIPAY,
    ALIPAY_PRIVATE_KEY: app.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ALIPAY_PUBLIC_KEY: theirs.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ALIPAY_GATEWAY: `${alipay.url}/gateway.do`,
    SMTP_URL: smtp.url,
    MAIL_FROM: 'notes@example.org',
    ...wrong,
  });
  try {
    const good = await live(env());
    expect(good.filter(({ status }) => status === 'fail')).toEqual([]);
    const answers = good.map(({ says }) => says).filter((says) => says.includes(' answers in '));
    expect(answers.map((says) => says.split(' answers')[0])).toEqual(['Payment by alipay', 'Mail']);
    expect(alipay.calls.map(({ method }) => method)).toEqual(['alipay.trade.query']);
    expect(smtp.mails).toEqual([]);

    const bad = await live(
      env({
        ALIPAY_PRIVATE_KEY: stranger.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        SMTP_URL: smtp.url.replace('of%20the%20mail%20server', 'another%20one'),
      }),
    );
    const failures = bad.filter(({ status }) => status === 'fail');
    expect(failures.map(({ says }) => says.split(' fails')[0])).toEqual([
      'Payment by alipay',
      'Mail',
    ]);
    expect(failures[1]?.mend).toContain('SMTP_URL');
    expect(JSON.stringify(bad)).not.toContain('another one');
  } finally {
    await Promise.all([alipay.stop(), smtp.stop()]);
  }
});

it('says of a model that is half set up what is missing', async () => {
  const half = { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' };
  expect((await said(half, 'warn')).join('\n')).toContain('OPENAI_CHAT_MODEL is missing');
  expect((await said({ ...half, ...PRODUCTION }, 'fail')).join('\n')).toContain(
    'OPENAI_CHAT_MODEL',
  );
});

it('asks each provider of chats by itself, though the next would answer for it', async () => {
  const apiKey = 'of the second provider';
  const [first, second] = await Promise.all([
    startModels({ kind: 'ark', apiKey: 'not what we have' }),
    startModels({ kind: 'openai', apiKey }),
  ]);
  try {
    const found = await live({
      AI_PROVIDERS: 'volcengine,openai',
      VOLCENGINE_API_KEY: 'of the first provider',
      VOLCENGINE_BASE_URL: first.baseUrl,
      VOLCENGINE_CHAT_MODEL: 'chat',
      OPENAI_API_KEY: apiKey,
      OPENAI_BASE_URL: second.baseUrl,
      OPENAI_CHAT_MODEL: 'gpt-6',
    });
    const chats = found.filter(({ says }) => says.startsWith('Chat by'));
    expect(chats.map(({ status }) => status)).toEqual(['fail', 'ok']);
    expect(chats[0]?.says).toContain('volcengine');
    expect(JSON.stringify(found)).not.toContain('of the first provider');
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
});
