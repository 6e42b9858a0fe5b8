// pnpm bench:editor: notes of 10, 50 and 200 KB in the rich editor, in that of the source and in a bare
// Tiptap page, in one run: how long until they can be written in, and until a typed character is painted,
// with the whole processor and with a quarter of it. Writes docs/proof/bench-editor.md.
//
// What is aimed at, on two cores: 200 KB painted within 1.2 s and typed in within 30 ms at the 95th
// percentile; 50 KB with a quarter of the processor within 100 ms. Nothing here fails: machines differ.
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { createClient } from '@ainotebook/sdk';
import { chromium } from 'playwright-core';
import { signIn } from '../e2e/visits.mjs';
import { openProofServer } from '../scripts/proof/server.mjs';
import { bareScript, textOf } from './editor-bare.mjs';
import { opening, paintedAfter, throttle, typing } from './editor-page.mjs';

const SIZES = [10_000, 50_000, 200_000];
const RATES = [1, 4];
const OPENINGS = 4;
const ACCOUNT = { email: 'bench@example.org', password: 'correct horse battery' };
const EDITORS = [
  { name: 'rich', hasRichEditor: true, selector: '.ProseMirror' },
  { name: 'source', hasRichEditor: false, selector: '.cm-content' },
];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** A browser of its own for one editor; the notes are opened from the list. */
async function measureEditor(browser, baseUrl, { hasRichEditor, selector }, notes) {
  const context = await browser.newContext({ baseURL: baseUrl, locale: 'zh-CN' });
  const page = await context.newPage();
  await signIn(page, ACCOUNT);
  await page.evaluate((kept) => localStorage.setItem('preferences', JSON.stringify(kept)), {
    hasRichEditor,
  });
  const results = [];
  for (const rate of RATES) {
    for (const { size, id } of notes) {
      await throttle(page, 1);
      await page.goto('/notes');
      await page.locator(`a[href*="${id}"]`).first().waitFor();
      const times = [];
      for (let i = 0; i < OPENINGS; i += 1) {
        await throttle(page, rate);
        times.push(await opening(page, id, selector));
        if (i < OPENINGS - 1) {
          await throttle(page, 1);
          await page.goBack();
          await page.locator(selector).waitFor({ state: 'detached' });
        }
      }
      // The first one fetches the editor and the note, too.
      results.push({ size, rate, open: median(times.slice(1)), ...(await typing(page, selector)) });
    }
  }
  await context.close();
  return results;
}

/** Tiptap with the same nodes and nothing around it, given the document that Markdown was parsed to. */
async function measureBare(browser) {
  const script = await bareScript();
  const results = [];
  for (const rate of RATES) {
    for (const size of SIZES) {
      const page = await browser.newPage();
      await page.setContent('<!doctype html><html lang="zh"><body></body></html>');
      await page.addScriptTag({ content: script });
      await throttle(page, rate);
      const parse = await page.evaluate((text) => {
        const times = [];
        for (let i = 0; i < 5; i += 1) {
          const began = performance.now();
          window.bare.parse(text);
          times.push(performance.now() - began);
        }
        return times.sort((a, b) => a - b)[2];
      }, textOf(size));
      const open = await page.evaluate(paintedAfter, [textOf(size)]);
      results.push({ size, rate, parse, open, ...(await typing(page, '.ProseMirror')) });
      await page.close();
    }
  }
  return results;
}

const server = await openProofServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
});
try {
  await server.start();
  const guest = createClient({ baseUrl: server.baseUrl });
  const session = 'token';
  const client = guest.withSession(
    await guest.auth.register({ ...ACCOUNT, displayName: '林茶', session }),
  );
  const measured = { bare: await measureBare(browser) };
  for (const editor of EDITORS) {
    const notes = [];
    for (const size of SIZES) {
      const title = `${editor.name} ${size}`;
      const { id } = await client.articles.create({ title, content: textOf(size) });
      notes.push({ size, id });
    }
    measured[editor.name] = await measureEditor(browser, server.baseUrl, editor, notes);
  }
  const report = reportOf(measured);
  writeFileSync(new URL('../docs/proof/bench-editor.md', import.meta.url), report);
  console.log(report);
} finally {
  await browser.close();
  await server.close();
}

function reportOf(measured) {
  const ms = (value) => (value === undefined ? '' : `${value.toFixed(0)} ms`);
  const rows = SIZES.flatMap((size) =>
    RATES.flatMap((rate) =>
      Object.entries(measured).map(([name, results]) => {
        const it = results.find((one) => one.size === size && one.rate === rate);
        return `| ${size / 1000} KB | ${rate}x | ${name} | ${ms(it.parse)} | ${ms(it.open)} | ${ms(it.p50)} | ${ms(it.p95)} |`;
      }),
    ),
  );
  return `# The editors

Written by \`pnpm bench:editor\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}, Chromium ${browser.version()}.
Opening: from the click in the list until the text is painted, median of ${OPENINGS - 1}; for the bare page from the
parsed document on. Typing: from a key until the frame after it, with the caret in the middle. "4x" has a
quarter of the processor. "bare" is Tiptap alone with the same nodes: what the rich editor adds is the
difference. Parsing is Markdown to the blocks of the rich editor, which is part of its opening.

| Note | | | parsing | opening | typing p50 | typing p95 |
|---|---|---|---:|---:|---:|---:|
${rows.join('\n')}
`;
}
