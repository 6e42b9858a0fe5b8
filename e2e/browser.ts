import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type CDPSession, chromium, type Locator, type Page } from 'playwright-core';

const messagesFile = path.resolve(import.meta.dirname, '../packages/messages/messages/zh-CN.json');

/** The words of the Chinese interface, by message key. */
export const zh: Record<string, string> = JSON.parse(readFileSync(messagesFile, 'utf8'));

/** One of them. */
export function word(key: string): string {
  const found = zh[key];
  if (typeof found !== 'string') throw new Error(`no word ${key}`);
  return found;
}

/** One of them with its gaps filled. */
export const said = (key: string, gaps: Record<string, string | number>): string =>
  Object.entries(gaps).reduce(
    (text, [gap, value]) => text.replace(`{${gap}}`, `${value}`),
    word(key),
  );

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
}

/** Types `text` as an input method does: pinyin that grows, then the characters in its place. */
export async function compose(page: Page, pinyin: string, text: string): Promise<void> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  for (let i = 1; i <= pinyin.length; i++) {
    const part = pinyin.slice(0, i);
    await cdp.send('Input.imeSetComposition', {
      text: part,
      selectionStart: part.length,
      selectionEnd: part.length,
    });
  }
  await cdp.send('Input.insertText', { text });
  await cdp.detach();
}

/** Clicks on a text that can be edited, and waits until its editor knows of the caret: the browser tells it later. */
export async function clickInto(text: Locator): Promise<void> {
  await text.click();
  await text.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))),
  );
}

/** Leaves the first steps of a new account for the notes. */
export async function skipWelcome(page: Page): Promise<void> {
  await page.waitForURL('**/welcome');
  await page.getByRole('button', { name: /^(跳过|Skip)$/ }).click();
  await page.waitForURL('**/home');
}
