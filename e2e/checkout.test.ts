import { readFileSync } from 'node:fs';
import { createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, said, word } from './browser.js';
import { TestServer } from './server.js';
import { callerOf, openTill, type Till } from './till.mjs';
import { DEVICES, signIn } from './visits.mjs';

const WAIT = { timeout: 30_000 };
const PASSWORD = 'correct horse battery';
const SETUP_TOKEN = 'only-for-checkout-0123456789abcdef';
const KEEPER = { email: 'keeper@example.org', password: PASSWORD };

let till: Till;
let server: TestServer;
let browser: Browser;
let keeper: ReturnType<typeof callerOf>;
let planId: string;

beforeAll(async () => {
  till = await openTill();
  [server, browser] = await Promise.all([
    TestServer.create({ SETUP_TOKEN, ...till.env }),
    launch(),
  ]);
  const guest = createClient({ baseUrl: server.baseUrl });
  const { accessToken } = await guest.auth.register({
    ...KEEPER,
    displayName: '掌柜',
    session: 'token',
    setupToken: SETUP_TOKEN,
  });
  keeper = callerOf(server.baseUrl, accessToken);
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
  await till?.close();
});

const IN_WECHAT: BrowserContextOptions = {
  ...DEVICES[360],
  userAgent:
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/134.0 Mobile Safari/537.36 MicroMessenger/8.0.60',
};

/** Runs in the page: the bridge, as WeChat puts it there a moment after the page has loaded. */
function putBridge(): void {
  const pay = Reflect.get(window, 'payInWechat');
  const invoke = (_: string, params: object, done: (answer: object) => void) =>
    void pay(params).then((said: string) => done({ err_msg: said }));
  setTimeout(() => {
    Reflect.set(window, 'WeixinJSBridge', { invoke });
    document.dispatchEvent(new Event('WeixinJSBridgeReady'));
  }, 300);
}

async function openPage(
  who: { email: string; password: string },
  device: BrowserContextOptions = { viewport: { width: 1280, height: 900 } },
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.baseUrl,
    locale: 'zh-CN',
    ...device,
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await signIn(page, who);
  return page;
}

/** Somebody new with a window, and what is known of their orders. */
async function newBuyer(name: string, device?: BrowserContextOptions) {
  const who = { email: `${name}@example.org`, password: PASSWORD };
  const guest = createClient({ baseUrl: server.baseUrl });
  const session = await guest.auth.register({ ...who, displayName: name, session: 'token' });
  const page = await openPage(who, device);
  const authorization = `Bearer ${session.accessToken}`;
  /** The newest first. */
  const orders = async (): Promise<{ id: string; outTradeNo: string; status: string }[]> => {
    const reply = await fetch(`${server.baseUrl}/api/trpc/orders.list`, {
      headers: { authorization },
    });
    return (await reply.json()).result.data.json.items;
  };
  const newest = async () => {
    const [order] = await orders();
    if (!order) throw new Error('there is no order');
    return order;
  };
  return { page, orders, newest, userId: session.user.id };
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');

/** From the plans to the code of a month. */
async function checkOut(page: Page): Promise<void> {
  await page.goto('/pricing');
  await page.getByText(word('pricing_by_month'), { exact: true }).click();
  await button(page, said('pricing_buy', { plan: '专业版' })).click();
  await button(page, said('checkout_pay', { amount: '¥12.00' })).click();
}

const code = (page: Page, channel: 'alipay' | 'wechat') =>
  page.getByRole('img', {
    name: said('checkout_code_label', { channel: word(`channel_${channel}`) }),
  });

/** Asks for the invoice of the order on the screen, which the keeper then records. */
async function invoiced(page: Page): Promise<void> {
  const field = (name: string) => dialog(page).getByLabel(word(name), { exact: true });
  await button(page, word('invoice_ask')).click();
  await field('invoice_name').fill('示例科技有限公司');
  await field('invoice_tax_number').fill('9111');
  await button(page, word('invoice_send')).click();
  await dialog(page).getByText(word('invoice_tax_number_wrong')).waitFor();
  await field('invoice_tax_number').fill('91110105 ma01abcd2x');
  await button(page, word('invoice_send')).click();
  await page.getByText(word('invoice_requested'), { exact: true }).waitFor();
  const { items } = await keeper('admin.invoices.list', { status: 'requested' });
  const answer = { id: items[0].id, status: 'issued', answer: '25112000000012345678' };
  await keeper('admin.invoices.answer', answer);
  await page.reload();
  await page.getByText('25112000000012345678').waitFor();
}

describe('before there are plans', () => {
  it('a reader is told so, and an administrator where to make one', async () => {
    const { page } = await newBuyer('early');
    await page.goto('/pricing');
    await page.getByText(word('pricing_none_text')).waitFor();
    await page.context().close();
    const admin = await openPage(KEEPER);
    await admin.goto('/pricing');
    await admin.getByRole('link', { name: word('pricing_none_make') }).waitFor();
    await admin.context().close();
    const plan = await keeper('admin.plans.create', {
      key: 'pro',
      name: '专业版',
      benefits: { storageBytes: 20 * 1024 ** 3 },
      prices: [
        { period: 'month', amountFen: 1200 },
        { period: 'year', amountFen: 11_800 },
      ],
    });
    planId = plan.id;
  });
});

describe('a checkout', () => {
  it('is paid by a code, and the page hears of it from the server', async () => {
    const { page, newest } = await newBuyer('payer');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    expect(await page.getByRole('timer').innerText()).toMatch(/^1[45]:\d\d$/);
    const { id, outTradeNo } = await newest();
    till.alipay.scan(outTradeNo);
    await button(page, word('checkout_check')).click();
    await dialog(page).getByText(word('checkout_scanned')).first().waitFor(WAIT);
    till.alipay.pay(outTradeNo);
    await till.notify(server.baseUrl, outTradeNo);
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    await dialog(page)
      .getByRole('link', { name: word('order_receipt') })
      .click();
    await page.waitForURL(`**/orders?id=${id}`);
    await page.getByRole('article').getByText(outTradeNo).waitFor();
    await invoiced(page);
    await page.goto('/pricing');
    await page.getByText(word('pricing_current')).waitFor();
    await page.goto('/settings/plan');
    await page.getByText('20 GB', { exact: false }).first().waitFor();
    await page.context().close();
  });

  it('is paid though nobody told us: the server asks when the payer says so', async () => {
    const { page, newest } = await newBuyer('unheard');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    await button(page, word('checkout_check')).click();
    await page.getByText(word('checkout_not_yet')).waitFor();
    till.alipay.pay((await newest()).outTradeNo);
    await button(page, word('checkout_check')).click();
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    await page.context().close();
  });

  it('that is closed is made anew, and the new one is paid', async () => {
    const { page, orders, newest } = await newBuyer('late');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    const first = await newest();
    till.alipay.expire(first.outTradeNo);
    await button(page, word('checkout_check')).click();
    await dialog(page).getByText(word('checkout_expired'), { exact: true }).waitFor(WAIT);
    await button(page, word('checkout_renew')).click();
    await code(page, 'alipay').waitFor(WAIT);
    const second = await newest();
    expect(second.id).not.toBe(first.id);
    till.alipay.pay(second.outTradeNo);
    await till.notify(server.baseUrl, second.outTradeNo);
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    expect((await orders()).map(({ status }) => status)).toEqual(['paid', 'closed']);
    await page.context().close();
  });

  it('runs out on the screen, and asks for nothing while nobody looks', async () => {
    const { page } = await newBuyer('away');
    await page.clock.install();
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    let asked = 0;
    let answered = 0;
    page.on('request', (request) => {
      if (request.url().includes('orders.get')) asked += 1;
    });
    page.on('requestfinished', (request) => {
      if (request.url().includes('orders.get')) answered += 1;
    });
    const show = (state: 'hidden' | 'visible') =>
      page.evaluate((is) => {
        Object.defineProperty(document, 'visibilityState', { value: is, configurable: true });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      }, state);
    await page.clock.runFor(7000);
    await expect.poll(() => asked, WAIT).toBeGreaterThan(0);
    await show('hidden');
    await page.clock.runFor(100);
    const before = asked;
    await page.clock.runFor(60_000);
    expect(asked).toBe(before);
    await show('visible');
    await expect.poll(() => asked, WAIT).toBeGreaterThan(before);
    // An answer under way would say that there is time left.
    await expect.poll(() => asked - answered, WAIT).toBe(0);
    // The server, whose clock counts, cannot be asked any more.
    await page.route(/orders\.get/, (route) => route.abort());
    await page.clock.fastForward(15 * 60_000);
    await dialog(page).getByText(word('checkout_expired'), { exact: true }).waitFor(WAIT);
    expect(await code(page, 'alipay').count()).toBe(0);
    await page.context().close();
  });

  it('on a device whose clock is ahead has the time it has', async () => {
    const { page } = await newBuyer('hasty');
    await page.clock.install({ time: Date.now() + 20 * 60_000 });
    await checkOut(page);
    await code(page, 'alipay').waitFor();
    expect(
      await dialog(page)
        .getByText(/14:\d\d|15:00/)
        .count(),
    ).toBe(1);
    await page.context().close();
  });

  it('that a channel refuses says so, and is paid by the other', async () => {
    const { page, newest } = await newBuyer('refused');
    till.alipay.behave('broken');
    await checkOut(page);
    await dialog(page).getByText(word('error_payment_failed')).waitFor(WAIT);
    till.alipay.behave('answer');
    await dialog(page).getByText(word('channel_wechat'), { exact: true }).click();
    await button(page, said('checkout_pay', { amount: '¥12.00' })).click();
    await code(page, 'wechat').waitFor(WAIT);
    till.wechat.pay((await newest()).outTradeNo);
    await button(page, word('checkout_check')).click();
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    await page.context().close();
  });

  it('on a telephone goes on to the channel, and coming back proves nothing', async () => {
    const { page, newest } = await newBuyer('phone', DEVICES[360]);
    await page.route(/gateway\.do/, (route) => route.fulfill({ body: 'Alipay' }));
    await checkOut(page);
    await page.waitForURL(/gateway\.do/);
    till.alipay.openPage(page.url());
    const { id, outTradeNo } = await newest();
    await page.goto(`/orders?id=${id}`);
    const goOn = page.getByRole('link', {
      name: said('checkout_open', { channel: word('channel_alipay') }),
    });
    await goOn.waitFor();
    till.alipay.pay(outTradeNo);
    await button(page, word('checkout_check')).click();
    await page.getByRole('article').getByText(outTradeNo).waitFor(WAIT);
    await page.context().close();
  });

  it('inside WeChat is paid over its bridge, and called off first; what that says proves nothing', async () => {
    const { page, newest } = await newBuyer('inside', IN_WECHAT);
    // WeChat names the payer without a question, and comes back with a code.
    await page.route('https://open.weixin.qq.com/**', (route) => {
      const { searchParams } = new URL(route.request().url());
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', till.payers.issue('o-inside'));
      back.searchParams.set('state', searchParams.get('state') ?? '');
      return route.fulfill({ status: 302, headers: { location: back.href } });
    });
    let answer: 'cancel' | 'ok' = 'cancel';
    const asked: { package: string }[] = [];
    await page.exposeFunction('payInWechat', (params: { package: string }) => {
      asked.push(params);
      return `get_brand_wcpay_request:${answer}`;
    });
    await page.addInitScript(putBridge);
    await page.goto('/pricing');
    await page.getByText(word('pricing_by_month'), { exact: true }).click();
    await button(page, said('pricing_buy', { plan: '专业版' })).click();
    await page.waitForURL(/\/pricing$/);
    await button(page, said('checkout_pay', { amount: '¥12.00' })).click();
    await expect.poll(() => asked.length, WAIT).toBe(1);
    const { outTradeNo } = await newest();
    expect(asked[0]?.package).toBe(`prepay_id=wx${outTradeNo}`);
    expect(till.wechat.calls.some(({ body }) => body.includes('"o-inside"'))).toBe(true);
    // Told that all is paid, though nothing is.
    answer = 'ok';
    await button(page, word('checkout_bridge')).click();
    await page.getByText(word('checkout_not_yet')).waitFor(WAIT);
    till.wechat.pay(outTradeNo);
    await button(page, word('checkout_bridge')).click();
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    expect(asked).toHaveLength(3);
    await page.context().close();
  });

  it('of somebody else is not found', async () => {
    const one = await newBuyer('one');
    await checkOut(one.page);
    await code(one.page, 'alipay').waitFor(WAIT);
    const two = await newBuyer('two');
    await two.page.goto(`/orders?id=${(await one.newest()).id}`);
    await two.page.getByRole('alert').getByText(word('error_not_found')).waitFor();
    await one.page.context().close();
    await two.page.context().close();
  });
});

describe('a code', () => {
  it('is taken as people type it, once; a wrong one stays in its field', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const batch = await keeper('admin.codes.generate', {
      planId,
      period: 'year',
      count: 1,
      expiresAt,
    });
    const { csv } = await keeper('admin.codes.export', { id: batch.id });
    const given: string = csv.split('\r\n')[1].split(',')[0];
    const { page } = await newBuyer('reader');
    await page.goto('/settings/plan');
    const field = page.getByLabel(word('redeem_label'), { exact: true });
    await field.fill('AAAAA-AAAAA-AAAAA-AAAAA');
    await field.press('Enter');
    await page.getByText(word('error_code_invalid')).waitFor(WAIT);
    expect(await field.inputValue()).toBe('AAAAA-AAAAA-AAAAA-AAAAA');
    await field.fill(given.toLowerCase().replaceAll('-', ' '));
    await field.press('Enter');
    await page.getByText(word('redeem_done')).waitFor(WAIT);
    await page.getByRole('main').getByText('专业版').waitFor();
    await page.context().close();
  });
});

describe('the shop', () => {
  it('gives back a part, then the rest, and the buyer sees it', async () => {
    const { page, newest } = await newBuyer('returner');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    const { id, outTradeNo } = await newest();
    till.alipay.pay(outTradeNo);
    await till.notify(server.baseUrl, outTradeNo);
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);

    const admin = await openPage(KEEPER);
    await admin.goto('/admin?tab=orders');
    await admin.getByRole('searchbox').fill(outTradeNo);
    await admin.getByRole('button').filter({ hasText: 'returner@example.org' }).click();
    const sheet = dialog(admin);
    await sheet.getByText(word('shop_event_paid'), { exact: true }).waitFor();
    await sheet.getByText(word('shop_notice_processed'), { exact: true }).click();
    await sheet.getByText(`out_trade_no=${outTradeNo}`).waitFor();
    await button(admin, word('shop_refund')).click();
    await sheet.getByLabel(word('shop_refund_amount'), { exact: true }).fill('2');
    await sheet.getByLabel(word('shop_reason'), { exact: true }).fill('迟到了');
    await button(admin, said('shop_refund_confirm', { amount: '¥2.00' })).click();
    await sheet.getByText(word('order_partially_refunded'), { exact: true }).waitFor(WAIT);
    await button(admin, word('shop_refund')).click();
    await sheet.getByLabel(word('shop_reason'), { exact: true }).fill('不用了');
    await button(admin, said('shop_refund_confirm', { amount: '¥10.00' })).click();
    await sheet.getByText(word('order_refunded'), { exact: true }).waitFor(WAIT);
    await admin.context().close();

    const gone = till.alipay.bill.filter((line) => line.outTradeNo === outTradeNo);
    expect(gone.map(({ kind, amountFen }) => [kind, amountFen])).toEqual([
      ['payment', 1200],
      ['refund', 200],
      ['refund', 1000],
    ]);
    await page.goto(`/orders?id=${id}`);
    await page.getByRole('article').getByText('−¥12.00').waitFor();
    await page.goto('/settings/plan');
    await page.getByText(word('plan_none'), { exact: true }).waitFor();
    await page.context().close();
  });

  it('makes codes, hands them out as a file, and ends them', async () => {
    const admin = await openPage(KEEPER);
    await admin.goto('/admin?tab=codes');
    await admin.getByLabel(word('shop_plan'), { exact: true }).selectOption({ label: '专业版' });
    await admin.getByLabel(word('shop_codes_count'), { exact: true }).fill('3');
    await admin.getByLabel(word('shop_codes_note'), { exact: true }).fill('见面会');
    await button(admin, word('shop_codes_make')).click();
    const row = admin.getByRole('listitem').filter({ hasText: '见面会' });
    const file = admin.waitForEvent('download');
    await row.getByRole('button', { name: word('shop_codes_download') }).click();
    const lines = readFileSync(await (await file).path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines).toHaveLength(4);
    await row.getByRole('button', { name: word('shop_codes_revoke') }).click();
    await dialog(admin)
      .getByRole('button', { name: word('shop_codes_revoke') })
      .click();
    await row.getByText(word('shop_codes_revoked'), { exact: true }).waitFor(WAIT);
    await admin.context().close();
    const { page } = await newBuyer('tardy');
    await page.goto('/settings/plan');
    await page
      .getByLabel(word('redeem_label'), { exact: true })
      .fill(lines[1]?.split(',')[0] ?? '');
    await button(page, word('redeem_action')).click();
    await page.getByText(word('error_code_invalid')).waitFor(WAIT);
    await page.context().close();
  });

  it('grants a plan by hand, with a reason, and takes it back', async () => {
    const { page } = await newBuyer('friend');
    const admin = await openPage(KEEPER);
    await admin.goto('/admin');
    await admin.getByRole('searchbox').fill('friend@example.org');
    await button(admin, said('admin_actions', { name: 'friend' })).click();
    await admin.getByRole('menuitem', { name: word('admin_user_plan') }).click();
    await dialog(admin)
      .getByLabel(word('shop_plan'), { exact: true })
      .selectOption({ label: '专业版' });
    await dialog(admin).getByLabel(word('shop_reason'), { exact: true }).fill('帮忙校对');
    await button(admin, word('shop_grant')).click();
    await dialog(admin).getByText('帮忙校对').waitFor(WAIT);
    await page.goto('/pricing');
    await page.getByText(word('pricing_current')).waitFor();
    await button(admin, word('shop_grant_revoke')).click();
    await button(admin, word('shop_grant_revoke_sure')).click();
    await dialog(admin).getByText(word('shop_grant_revoked'), { exact: true }).waitFor(WAIT);
    await admin.context().close();
    await page.goto('/settings/plan');
    await page.getByText(word('plan_none'), { exact: true }).waitFor();
    await page.context().close();
  });

  it('shows what came in, as a picture and as a table, and that all adds up', async () => {
    const admin = await openPage(KEEPER);
    await admin.goto('/admin?tab=revenue');
    await admin.getByRole('img', { name: word('shop_revenue_chart') }).waitFor();
    const table = admin.getByRole('table', { name: word('shop_revenue_title') });
    expect(await table.getByRole('row').count()).toBe(14);
    await admin.getByText(word('shop_report_none'), { exact: true }).waitFor();
    await admin.context().close();
  });
});
