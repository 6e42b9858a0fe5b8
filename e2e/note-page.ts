import path from 'node:path';
import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { clickInto, launch, zh } from './browser.js';
import { TestServer } from './server.js';
import { signIn } from './visits.mjs';

const WRITER = { email: 'ouyang@example.org', password: 'correct horse battery' };
const WINDOW = { locale: 'zh-CN', viewport: { width: 1280, height: 900 } };

/** Somebody who is signed in, with a server and a browser of their own, and one note open. */
export class NotePage {
  page!: Page;
  /** What went wrong in the page since the last look: errors, and what breaks the content policy. */
  readonly problems: string[] = [];
  #context: BrowserContext | undefined;
  #articleId = '';

  private constructor(
    private readonly server: TestServer,
    private readonly browser: Browser,
    readonly client: AiNotebook,
  ) {}

  /** @param env settings of the server beyond the usual ones */
  static async create(env: Record<string, string> = {}): Promise<NotePage> {
    const [server, browser] = await Promise.all([TestServer.create(env), launch()]);
    const guest = createClient({ baseUrl: server.baseUrl });
    await guest.auth.register({ ...WRITER, displayName: '醉翁', session: 'token' });
    const client = guest.withSession(await guest.auth.login({ ...WRITER, session: 'token' }));
    const note = new NotePage(server, browser, client);
    await note.openWindow();
    return note;
  }

  /** Another window, in place of the one there was. */
  async openWindow(options: BrowserContextOptions = {}): Promise<void> {
    await this.#context?.close();
    const context = await this.browser.newContext({
      ...WINDOW,
      baseURL: this.server.baseUrl,
      ...options,
    });
    context.setDefaultTimeout(20_000);
    this.#context = context;
    this.page = await context.newPage();
    // With where it happened: an error that is seen once a month says little by its name.
    this.page.on('pageerror', (error) => this.problems.push(error.stack ?? error.message));
    this.page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) this.problems.push(message.text());
    });
    await signIn(this.page, WRITER);
  }

  readonly editor = () => this.page.getByRole('textbox', { name: zh.editor_label });
  readonly button = (name: string | undefined) =>
    this.page.getByRole('button', { name: name ?? '', exact: true });

  /** Opens a note with this text and puts the caret to its end. */
  async open(content: string): Promise<void> {
    const { id } = await this.client.articles.create({ title: '醉翁亭记', content });
    this.#articleId = id;
    await this.page.goto(`/notes/${id}`);
    await this.editor().waitFor();
    await clickInto(this.editor());
    await this.page.keyboard.press('Control+End');
  }

  /** Between the text as it reads and its source. */
  async switchEditor(to: 'rich' | 'source'): Promise<void> {
    await this.page.keyboard.press('Control+Alt+m');
    await this.page.locator(to === 'rich' ? '.ProseMirror' : '.cm-content').waitFor();
  }

  async stored(): Promise<string> {
    return (await this.client.articles.get({ id: this.#articleId })).content;
  }

  expectStored(text: string): Promise<void> {
    return expect.poll(() => this.stored(), { timeout: 30_000 }).toBe(text);
  }

  /** For `afterEach`: a picture of what failed; nothing may have gone wrong in the page. */
  async check(task: { name: string; result?: { state?: string } | undefined }): Promise<void> {
    if (task.result?.state === 'fail') {
      const file = `${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`;
      await this.page.screenshot({ path: path.resolve(import.meta.dirname, '../artifacts', file) });
    }
    expect(this.problems.splice(0)).toEqual([]);
  }

  async remove(): Promise<void> {
    await this.browser.close();
    await this.server.remove();
  }
}
