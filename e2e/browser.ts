import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';

const require = createRequire(import.meta.url);
const messagesFile = path.resolve(import.meta.dirname, '../packages/messages/messages/zh-CN.json');

/** The words of the Chinese interface, by message key. */
export const zh: Record<string, string> = JSON.parse(readFileSync(messagesFile, 'utf8'));

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

/** Leaves the first steps of a new account for the notes. */
export async function skipWelcome(page: Page): Promise<void> {
  await page.waitForURL('**/welcome');
  await page.getByRole('button', { name: /^(跳过|Skip)$/ }).click();
  await page.waitForURL('**/notes');
}

/** What axe finds wrong with the page as it is now: WCAG 2.0 to 2.2, A and AA. */
export async function axeViolations(page: Page): Promise<string[]> {
  // The page's policy forbids script tags; evaluating in an isolated world does not ask it.
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    // Put there by the line above.
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{
          violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags } });
    return violations.flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)}`),
    );
  });
}
