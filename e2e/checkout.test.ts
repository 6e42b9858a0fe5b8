import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { said, word } from './browser.js';
import { button, checkOut, code, dialog, KEEPER, openCheckout } from './checkout-world.js';
import { DEVICES } from './visits.mjs';

const WAIT = { timeout: 30_000 };
const { till, keeper, sellPro, openPage, newBuyer, notify } = openCheckout();

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
    await sellPro();
  });
});

describe('a checkout', () => {
  it('is paid by a code, and the page hears of it from the server', async () => {
    const { page, newest } = await newBuyer('payer');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    expect(await page.getByRole('timer').innerText()).toMatch(/^1[45]:\d\d$/);
    const { id, outTradeNo } = await newest();
    till().alipay.scan(outTradeNo);
    await button(page, word('checkout_check')).click();
    await dialog(page).getByText(word('checkout_scanned')).first().waitFor(WAIT);
    till().alipay.pay(outTradeNo);
    await notify(outTradeNo);
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
    till().alipay.pay((await newest()).outTradeNo);
    await button(page, word('checkout_check')).click();
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    await page.context().close();
  });

  it('that is closed is made anew, and the new one is paid', async () => {
    const { page, orders, newest } = await newBuyer('late');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    const first = await newest();
    till().alipay.expire(first.outTradeNo);
    await button(page, word('checkout_check')).click();
    await dialog(page).getByText(word('checkout_expired'), { exact: true }).waitFor(WAIT);
    await button(page, word('checkout_renew')).click();
    await code(page, 'alipay').waitFor(WAIT);
    const second = await newest();
    expect(second.id).not.toBe(first.id);
    till().alipay.pay(second.outTradeNo);
    await notify(second.outTradeNo);
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
    till().alipay.behave('broken');
    await checkOut(page);
    await dialog(page).getByText(word('error_payment_failed')).waitFor(WAIT);
    till().alipay.behave('answer');
    await dialog(page).getByText(word('channel_wechat'), { exact: true }).click();
    await button(page, said('checkout_pay', { amount: '¥12.00' })).click();
    await code(page, 'wechat').waitFor(WAIT);
    till().wechat.pay((await newest()).outTradeNo);
    await button(page, word('checkout_check')).click();
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    await page.context().close();
  });

  it('on a telephone goes on to the channel, and coming back proves nothing', async () => {
    const { page, newest } = await newBuyer('phone', DEVICES[360]);
    await page.route(/gateway\.do/, (route) => route.fulfill({ body: 'Alipay' }));
    await checkOut(page);
    await page.waitForURL(/gateway\.do/);
    till().alipay.openPage(page.url());
    const { id, outTradeNo } = await newest();
    await page.goto(`/orders?id=${id}`);
    const goOn = page.getByRole('link', {
      name: said('checkout_open', { channel: word('channel_alipay') }),
    });
    await goOn.waitFor();
    till().alipay.pay(outTradeNo);
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
      back.searchParams.set('code', till().payers.issue('o-inside'));
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
    expect(till().wechat.calls.some(({ body }) => body.includes('"o-inside"'))).toBe(true);
    // Told that all is paid, though nothing is.
    answer = 'ok';
    await button(page, word('checkout_bridge')).click();
    await page.getByText(word('checkout_not_yet')).waitFor(WAIT);
    till().wechat.pay(outTradeNo);
    await button(page, word('checkout_bridge')).click();
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    expect(asked).toHaveLength(3);
    await page.context().close();
  });

  it('whose time is over for the server is over on the screen, however often it is asked for', async () => {
    const { page } = await newBuyer('overdue');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    // The channel cannot be asked, so the order stays open there.
    await page.route(/orders\.get/, async (route) => {
      const reply = await route.fetch();
      const body = (await reply.text()).replace(/"leftMs":\d+/, '"leftMs":0');
      await route.fulfill({ response: reply, body });
    });
    await dialog(page).getByText(word('checkout_expired'), { exact: true }).waitFor(WAIT);
    await page.waitForTimeout(4_000);
    expect(await code(page, 'alipay').count()).toBe(0);
    expect(await page.getByRole('timer').count()).toBe(0);
    await button(page, word('checkout_renew')).waitFor();
    await page.context().close();
  });

  it('goes on through the other channel, from its code and from what is left of it', async () => {
    const { page, newest } = await newBuyer('changer');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    const by = (channel: 'alipay' | 'wechat') =>
      button(page, said('checkout_by_channel', { channel: word(`channel_${channel}`) }));
    await by('wechat').click();
    await code(page, 'wechat').waitFor(WAIT);
    const { id, outTradeNo } = await newest();
    await page.goto(`/orders?id=${id}`);
    await by('alipay').waitFor();
    till().wechat.pay(outTradeNo);
    await button(page, word('checkout_check')).click();
    // It was paid while one looked on.
    await page.getByRole('status').getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);
    await page.getByRole('article').getByText(outTradeNo).waitFor();
    await page.context().close();
  });

  it('that cannot be ended keeps from paying twice, and says how long', async () => {
    const { page } = await newBuyer('stuck');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    till().alipay.behave('broken');
    await page.goto('/pricing');
    await page.getByText(word('pricing_by_month'), { exact: true }).click();
    await button(page, said('pricing_buy', { plan: '专业版' })).click();
    await dialog(page).getByText(word('channel_wechat'), { exact: true }).click();
    await button(page, said('checkout_pay', { amount: '¥12.00' })).click();
    await dialog(page).getByText(word('error_order_open')).waitFor(WAIT);
    await dialog(page).getByText(word('checkout_order_open')).waitFor();
    till().alipay.behave('answer');
    await page.context().close();
  });

  it('begins where a visitor is told why to sign in, and comes back to it', async () => {
    const page = await openPage(null);
    await page.goto('/pricing');
    await page.getByText(word('auth_for_plans')).waitFor();
    const register = page.getByRole('link', { name: word('auth_register'), exact: true });
    expect(await register.getAttribute('href')).toBe('/register?to=%2Fpricing');
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
