// pnpm bench:editor: a note of 10 KB and one of 200 KB in both editors of one run: how long until it
// can be written in, and until a typed character is painted. Writes docs/proof/bench-editor.md.
//
// What was aimed at, on two cores without a throttle: 200 KB painted within 1.2 s, typing 25 ms in
// the middle and 50 ms at the 95th percentile. Nothing here fails: machines differ.
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { createClient } from '@ainotebook/sdk';
import { chromium } from 'playwright-core';
import { signIn } from '../e2e/visits.mjs';
import { openProofServer } from '../scripts/proof/server.mjs';
import { summary } from './measure.mjs';

const SIZES = [10_000, 200_000];
const OPENINGS = 5;
const KEYS = 52;
const PAUSE_MS = 120;
const ACCOUNT = { email: 'bench@example.org', password: 'correct horse battery' };

const SECTION = `## 第 N 节 一些想法

写作是**思考**的另一种方式：把话说清楚，_也就把事想清楚了_。Plain words, short sentences, and \`code\` where it helps; see [[另一篇]].

- [ ] 没做的事
- [x] 做完的事

| 项 | 值 |
| - | -: |
| 一 | 1 |
| 二 | 2 |

\`\`\`js
const answer = (question) => question.length;
\`\`\`

> 引用一句：$E = mc^2$。

`;

function textOf(bytes) {
  let text = '';
  for (let i = 1; Buffer.byteLength(text) < bytes; i += 1) text += SECTION.replace('N', String(i));
  return text;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds from asking for the note, the app being there, until its text is painted. */
async function opening(page, articleId, selector) {
  await page.goto('/notes');
  await page.locator(`a[href*="${articleId}"]`).first().waitFor();
  return page.evaluate(
    ([id, wanted]) =>
      new Promise((resolve) => {
        const began = performance.now();
        const look = () => {
          if (!document.querySelector(wanted)?.textContent) return requestAnimationFrame(look);
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
        };
        document.querySelector(`a[href*="${id}"]`).click();
        look();
      }),
    [articleId, selector],
  );
}

/** Milliseconds from each key until the frame after it, with the caret in the middle of the note. */
async function typing(page, selector) {
  await page.locator(selector).evaluate((element) => {
    const middle = element.children[Math.floor(element.children.length / 2)];
    middle.scrollIntoView({ block: 'center' });
  });
  await page.locator(`${selector} :text("写作是")`).last().click();
  await page.keyboard.press('End');
  await page.evaluate(() => {
    window.keyTimes = [];
    document.addEventListener(
      'keydown',
      ({ timeStamp }) =>
        requestAnimationFrame(() =>
          setTimeout(() => window.keyTimes.push(performance.now() - timeStamp)),
        ),
      { capture: true },
    );
  });
  for (let i = 0; i < KEYS; i += 1) {
    await page.keyboard.press('abcdefghij '[i % 11] === ' ' ? 'Space' : 'abcdefghij'[i % 11]);
    await page.waitForTimeout(PAUSE_MS);
  }
  return summary((await page.evaluate(() => window.keyTimes)).slice(2));
}

const EDITORS = [
  { name: 'rich', hasRichEditor: true, selector: '.ProseMirror' },
  { name: 'source', hasRichEditor: false, selector: '.cm-content' },
];

const server = await openProofServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
});
try {
  await server.start();
  const guest = createClient({ baseUrl: server.baseUrl });
  const session = 'token';
  const notes = guest.withSession(
    await guest.auth.register({ ...ACCOUNT, displayName: '林茶', session }),
  );
  const rows = [];
  for (const size of SIZES) {
    const content = textOf(size);
    const measured = [];
    for (const { name, hasRichEditor, selector } of EDITORS) {
      const { id } = await notes.articles.create({ title: `${name} ${size}`, content });
      const context = await browser.newContext({ baseURL: server.baseUrl, locale: 'zh-CN' });
      const page = await context.newPage();
      await signIn(page, ACCOUNT);
      await page.evaluate((kept) => localStorage.setItem('preferences', JSON.stringify(kept)), {
        hasRichEditor,
      });
      await page.reload();
      const times = [];
      for (let i = 0; i <= OPENINGS; i += 1) times.push(await opening(page, id, selector));
      // The first one fetches the editor, too.
      measured.push({ name, open: median(times.slice(1)), keys: await typing(page, selector) });
      await context.close();
    }
    const [rich, source] = measured;
    const cells = [
      ['open', rich.open, source.open],
      ['key p50', rich.keys.p50, source.keys.p50],
      ['key p95', rich.keys.p95, source.keys.p95],
    ];
    for (const [what, ours, plain] of cells) {
      rows.push(
        `| ${size / 1000} KB | ${what} | ${ours.toFixed(0)} ms | ${plain.toFixed(0)} ms | ${(ours / plain).toFixed(1)} |`,
      );
    }
  }
  const report = `# The two editors

Written by \`pnpm bench:editor\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}, Chromium ${browser.version()}.
Opening: from the click in the list until the text is painted, median of ${OPENINGS}. A key: until the
frame after it, ${KEYS} keys in the middle of the note. Both editors in one run; the ratio is what to compare.

| Note | | rich | source | ratio |
|---|---|---:|---:|---:|
${rows.join('\n')}
`;
  writeFileSync(new URL('../docs/proof/bench-editor.md', import.meta.url), report);
  console.log(report);
} finally {
  await browser.close();
  await server.close();
}
