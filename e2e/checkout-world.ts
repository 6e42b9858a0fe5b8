// A server that is paid through stand-ins, its keeper, a plan of 12 yuan a month, and buyers with a window each.
import { createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launch, said, word } from './browser.js';
import { TestServer } from './server.js';
import { callerOf, openTill, type Till } from './till.mjs';
import { signIn } from './visits.mjs';

const PASSWORD = 'correct horse battery';
const SETUP_TOKEN = 'only-for-checkout-0123456789abcdef';
export const KEEPER = { email: 'keeper@example.org', password: PASSWORD };
const PRO = {
  key: 'pro',
  name: '专业版',
  benefits: { storageBytes: 20 * 1024 ** 3 },
  prices: [
    { period: 'month', amountFen: 1200 },
    { period: 'year', amountFen: 11_800 },
  ],
};

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const dialog = (page: Page) => page.getByRole('dialog');
export const code = (page: Page, channel: 'alipay' | 'wechat') =>
  page.getByRole('img', {
    name: said('checkout_code_label', { channel: word(`channel_${channel}`) }),
  });

/** From the plans to the code of a month. */
export async function checkOut(page: Page): Promise<void> {
  await page.goto('/pricing');
  await page.getByText(word('pricing_by_month'), { exact: true }).click();
  await button(page, said('pricing_buy', { plan: PRO.name })).click();
  await button(page, said('checkout_pay', { amount: '¥12.00' })).click();
}

/** Opens it all for the tests of a file. */
export function openCheckout() {
  let till: Till;
  let server: TestServer;
  let browser: Browser;
  let keeper: ReturnType<typeof callerOf>;

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

  async function openPage(
    who: { email: string; password: string } | null,
    device: BrowserContextOptions = { viewport: { width: 1280, height: 900 } },
  ): Promise<Page> {
    const context = await browser.newContext({
      baseURL: server.baseUrl,
      locale: 'zh-CN',
      ...device,
    });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    if (who) await signIn(page, who);
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
    return { page, orders, newest, userId: session.user.id, token: session.accessToken };
  }

  return {
    till: () => till,
    baseUrl: () => server.baseUrl,
    keeper: (path: string, input?: unknown) => keeper(path, input),
    /** @returns the id of the plan */
    sellPro: async (): Promise<string> => (await keeper('admin.plans.create', PRO)).id,
    openPage,
    newBuyer,
    notify: (outTradeNo: string) => till.notify(server.baseUrl, outTradeNo),
  };
}
