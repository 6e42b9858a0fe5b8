import { createHmac, randomBytes } from 'node:crypto';
import path from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyWebhook, type WebhookVerificationError } from './webhooks.js';

const secretOf = () => `whsec_${randomBytes(32).toString('base64')}`;
const SECRET = secretOf();
const EVENT = {
  type: 'article.deleted',
  timestamp: '2026-11-29T08:00:00.000Z',
  data: { articleId: '019a0000-0000-7000-8000-000000000000', title: '龙井 🍵' },
};
const BODY = JSON.stringify(EVENT);
const ID = '019a0000-0000-7000-8000-000000000001';
const now = () => Math.floor(Date.now() / 1000);

/** As the specification says; written apart from what is tested. */
function sign(body = BODY, { secret = SECRET, id = ID, timestamp = String(now()) } = {}) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: WebhookVerificationError) => `${error.name} ${error.reason}`,
  );
const refused = (reason: string) => `WebhookVerificationError ${reason}`;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a delivery', () => {
  it('that the server signed is the event with its id, from whatever kind of headers and bytes', async () => {
    const headers = sign();
    const expected = { ...EVENT, id: ID };
    expect(await verifyWebhook(BODY, headers, SECRET)).toEqual(expected);
    expect(await verifyWebhook(BODY, new Headers(headers), SECRET)).toEqual(expected);
    expect(await verifyWebhook(Buffer.from(BODY), headers, SECRET)).toEqual(expected);
  });

  it('is signed as in the example of the specification', async () => {
    vi.setSystemTime(1_614_265_330_000);
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    // Signed well, and no event of ours.
    const call = verifyWebhook('{"test": 2432232314}', headers, secret);
    expect(await reasonOf(call)).toBe(refused('payload'));
  });

  it('may carry several signatures, of which one has to be good', async () => {
    const headers = sign();
    const other = sign(BODY, { secret: secretOf() })['webhook-signature'];
    const both = `${other} v9,abc ${headers['webhook-signature']}`;
    const good = { ...headers, 'webhook-signature': both };
    expect(await verifyWebhook(BODY, good, SECRET)).toMatchObject({ id: ID });
    const bad = { ...headers, 'webhook-signature': `${other} v9,abc v1 v1,%%% ` };
    expect(await reasonOf(verifyWebhook(BODY, bad, SECRET))).toBe(refused('signature'));
  });

  it('of which anything was changed is refused', async () => {
    const headers = sign();
    const changed = [
      verifyWebhook(BODY.replace('龙井', '龍井'), headers, SECRET),
      verifyWebhook(`${BODY} `, headers, SECRET),
      verifyWebhook(BODY, { ...headers, 'webhook-id': `${ID}0` }, SECRET),
      verifyWebhook(BODY, { ...headers, 'webhook-timestamp': String(now() + 1) }, SECRET),
      verifyWebhook(BODY, headers, secretOf()),
    ];
    const reasons = await Promise.all(changed.map(reasonOf));
    expect(new Set(reasons)).toEqual(new Set([refused('signature')]));
  });

  it('is good for five minutes', async () => {
    const signedBefore = (seconds: number) => sign(BODY, { timestamp: String(now() - seconds) });
    expect(await reasonOf(verifyWebhook(BODY, signedBefore(299), SECRET))).toBe('none');
    expect(await reasonOf(verifyWebhook(BODY, signedBefore(-299), SECRET))).toBe('none');
    expect(await reasonOf(verifyWebhook(BODY, signedBefore(302), SECRET))).toBe(
      refused('timestamp'),
    );
    expect(await reasonOf(verifyWebhook(BODY, signedBefore(-302), SECRET))).toBe(
      refused('timestamp'),
    );
    const longer = { toleranceSeconds: 600 };
    expect(await reasonOf(verifyWebhook(BODY, signedBefore(302), SECRET, longer))).toBe('none');
    const odd = sign(BODY, { timestamp: 'soon' });
    expect(await reasonOf(verifyWebhook(BODY, odd, SECRET))).toBe(refused('timestamp'));
  });

  it('without its headers, or with what is no secret, is refused', async () => {
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      const headers = { ...sign(), [name]: undefined };
      expect(await reasonOf(verifyWebhook(BODY, headers, SECRET))).toBe(refused('headers'));
    }
    for (const secret of ['', 'whsec_', 'whsec_§']) {
      expect(await reasonOf(verifyWebhook(BODY, sign(), secret))).toBe(refused('secret'));
    }
  });
});

it('runs where there is nothing of Node', async () => {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'webhooks.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'webhooks',
    platform: 'neutral',
  });
  const context = createContext({ crypto, TextEncoder, TextDecoder, atob, Headers });
  runInContext(outputFiles[0]?.text ?? '', context);
  const verify: typeof verifyWebhook = runInContext('webhooks.verifyWebhook', context);
  expect(await verify(BODY, new Headers(sign()), SECRET)).toMatchObject({ id: ID });
});
