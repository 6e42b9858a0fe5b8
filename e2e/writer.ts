import type { Browser, BrowserContext, Page } from 'playwright-core';
import { word, zh } from './browser.js';
import { LossyProxy } from './lossy-proxy.js';

export interface Account {
  email: string;
  password: string;
}

export async function signIn(tab: Page, baseUrl: string, { email, password }: Account) {
  await tab.goto(`${baseUrl}/login`);
  await tab.getByLabel(zh.auth_email ?? '').fill(email);
  await tab.locator('input[autocomplete="current-password"]').fill(password);
  await tab.getByRole('button', { name: zh.auth_sign_in, exact: true }).click();
  await tab.waitForURL('**/home');
}

/** A browser of its own, behind a network of its own. */
export class Device {
  private constructor(
    readonly context: BrowserContext,
    readonly proxy: LossyProxy,
    private readonly baseUrl: string,
  ) {}

  static async create(browser: Browser, baseUrl: string): Promise<Device> {
    const proxy = await LossyProxy.create();
    const context = await browser.newContext({
      locale: 'zh-CN',
      // Chromium leaves addresses of this machine out, unless told.
      proxy: { server: proxy.address, bypass: '<-loopback>' },
    });
    context.setDefaultTimeout(60_000);
    return new Device(context, proxy, baseUrl);
  }

  async signIn(account: Account, page?: Page): Promise<Page> {
    const tab = page ?? (await this.context.newPage());
    await signIn(tab, this.baseUrl, account);
    return tab;
  }

  async open(articleId: string): Promise<Tab> {
    const tab = new Tab(await this.context.newPage(), `${this.baseUrl}/notes/${articleId}`);
    await tab.load();
    return tab;
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.proxy.close();
  }
}

/** A note in a tab, and the person who writes in it. */
export class Tab {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  readonly dialog = () => this.page.getByRole('dialog');
  readonly #editor = () => this.page.getByRole('textbox', { name: zh.editor_label });

  async load(): Promise<void> {
    await this.page.goto(this.url);
    await this.#editor().waitFor();
  }

  /** Types at the end of the paragraph that begins with `start`. A choice that comes between is answered first. */
  async write(start: string, text: string): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await this.answer('mine');
      const paragraph = this.#editor().getByText(start).first();
      const isReached = await paragraph.click({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      if (isReached) {
        await this.page.keyboard.press('End');
        await this.page.keyboard.insertText(` ${text}`);
      }
      if ((await this.text()).includes(text)) return;
      // Only a dialog in the way excuses what was not taken.
      await this.dialog().waitFor({ timeout: 5000 });
    }
    throw new Error(`no way to write ${text}`);
  }

  /** Also while a dialog hides it from everything that goes by roles. */
  text(): Promise<string> {
    return this.page.getByLabel(word('editor_label'), { exact: true }).first().innerText();
  }

  async state(...wanted: string[]): Promise<void> {
    const selector = wanted.map((state) => `[data-save-status="${state}"]`).join(', ');
    await this.page.locator(selector).waitFor();
  }

  /** Chooses a side where a choice is open; returns whether one was. */
  async answer(side: 'mine' | 'theirs'): Promise<boolean> {
    const asking = this.page.locator('[data-save-status="conflict"]');
    if ((await asking.count()) === 0) return false;
    const isOpen = () =>
      this.dialog()
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        );
    // It opens by itself once; put off, by the status, unless it opens just then and covers that.
    while (!(await isOpen())) {
      if ((await asking.count()) === 0) return false;
      const status = asking.getByRole('button');
      await status.click({ timeout: 1000 }).catch(() => undefined);
    }
    const name = side === 'mine' ? zh.conflict_take_mine : zh.conflict_take_theirs;
    await this.dialog().getByRole('button', { name, exact: true }).click();
    await this.dialog().waitFor({ state: 'hidden' });
    return true;
  }

  /** Answers choices until the server has the text. */
  async finish(side: 'mine' | 'theirs' = 'mine'): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      await this.state('saved', 'conflict');
      if (!(await this.answer(side))) return;
    }
    throw new Error('the choices do not end');
  }
}
