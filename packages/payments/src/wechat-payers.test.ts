import { startWechatPayers, type WechatPayersStandIn } from '@ainotebook/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { PayerNaming } from './channel.js';
import { APP_SECRET, failureOf, NOTIFY_URL, WECHAT_APP } from './test-support.js';
import { createPayers } from './wechat-payers.js';

const account = { appId: WECHAT_APP, appSecret: APP_SECRET };
let wechat: WechatPayersStandIn;
let payers: PayerNaming;

beforeAll(async () => {
  wechat = await startWechatPayers({ appId: WECHAT_APP, secret: APP_SECRET });
  const options = { notifyUrl: NOTIFY_URL, payerBaseUrl: wechat.url, timeoutMs: 2_000 };
  payers = createPayers(account, options);
});
afterEach(() => wechat.beBusy(false));
afterAll(() => wechat.stop());

it('sends the browser to WeChat in the order in which WeChat reads, and holds no secret', () => {
  const url = payers.url('https://notes.test/pricing');
  expect(url).toBe(
    `https://open.weixin.qq.com/connect/oauth2/authorize?appid=${WECHAT_APP}&redirect_uri=https%3A%2F%2Fnotes.test%2Fpricing&response_type=code&scope=snsapi_base&state=#wechat_redirect`,
  );
  const marked = new URL(url);
  marked.searchParams.set('state', 'mine');
  expect(marked.href).toMatch(/&scope=snsapi_base&state=mine#wechat_redirect$/);
  expect(url).not.toContain(APP_SECRET);
});

it('names the payer of a code, once', async () => {
  const code = wechat.issue('o-payer');
  expect(await payers.openIdOf(code)).toBe('o-payer');
  expect(await failureOf(payers.openIdOf(code))).toBe('refused');
  expect(await failureOf(payers.openIdOf('made up&secret=x'))).toBe('refused');
});

it('tells a wrong secret from a service that is busy or away, and says neither address nor secret', async () => {
  const options = { notifyUrl: NOTIFY_URL, payerBaseUrl: wechat.url };
  const wrong = createPayers({ ...account, appSecret: 'f'.repeat(32) }, options);
  await expect(wrong.openIdOf(wechat.issue('o'))).rejects.toMatchObject({
    kind: 'refused',
    code: '40125',
  });
  wechat.beBusy(true);
  expect(await failureOf(payers.openIdOf('c'))).toBe('unreachable');
  const gone = createPayers(account, { ...options, payerBaseUrl: 'http://127.0.0.1:1' });
  expect(await failureOf(gone.openIdOf('c'))).toBe('unreachable');
});
