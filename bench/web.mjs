// pnpm bench:web [--runs N]: Lighthouse on a published article, the landing page, the sign-in and the home of somebody who
// is signed in, as `npm start` serves them, beside a page of one sentence: what that lacks of 100 is the browser's own and the
// machine's. Writes the medians of 5 runs to docs/proof/bench-web.md; the tool is fetched when this is run.
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@ainotebook/sdk';
import { openProofServer } from '../scripts/proof/server.mjs';
import { ARTICLE } from './web-article.mjs';

const LIGHTHOUSE = 'lighthouse@12.8.2';
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const RUN_MS = 180_000;

// On two cores the parts of Chromium that serve its windows hold up each page; this one has none of them.
const SHELL = '/usr/bin/chromium-headless-shell';
const BROWSER = process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium');
const SENTENCE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A sentence</title>
<meta name="viewport" content="width=device-width"><meta name="description" content="A sentence">
<link rel="icon" href="data:,"><main><h1>A sentence</h1><p>One sentence.</p></main></html>`;

const runsAt = process.argv.indexOf('--runs');
const runs = runsAt > 0 ? Number(process.argv[runsAt + 1]) : 5;
const run = promisify(execFile);

/** @param {string} [cookie] of somebody who is signed in */
async function audit(url, cookie) {
  const { stdout } = await run(
    'npx',
    [
      '--yes',
      LIGHTHOUSE,
      url,
      '--quiet',
      '--output=json',
      `--only-categories=${CATEGORIES.join(',')}`,
      ...(cookie ? [`--extra-headers=${JSON.stringify({ Cookie: cookie })}`] : []),
      '--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage',
    ],
    {
      env: { ...process.env, CHROME_PATH: BROWSER },
      maxBuffer: 64 * 1024 * 1024,
      timeout: RUN_MS,
    },
  );
  const { categories, audits } = JSON.parse(stdout);
  const failed = Object.values(audits).filter(
    ({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === 'binary',
  );
  return {
    scores: CATEGORIES.map((name) => Math.round((categories[name].score ?? 0) * 100)),
    lcpMs: audits['largest-contentful-paint'].numericValue,
    bytes: audits['total-byte-weight'].numericValue,
    failed: failed.map(({ id }) => id),
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const bare = createServer((_req, res) => {
  res.setHeader('content-type', 'text/html; charset=utf-8').end(SENTENCE);
});
await new Promise((resolve) => bare.listen(0, '127.0.0.1', resolve));
const server = await openProofServer();
try {
  await server.start();
  const guest = createClient({ baseUrl: server.baseUrl });
  const who = { email: 'bench@example.org', password: 'correct horse battery' };
  const session = await guest.auth.register({ ...who, displayName: '林茶', session: 'token' });
  /** Of a sign-in of its own: each is exchanged for the next by the page that opens with it. */
  const signIn = async () => {
    const answer = await fetch(`${server.baseUrl}/api/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.baseUrl },
      body: JSON.stringify({ json: { ...who, session: 'cookie' } }),
    });
    if (!answer.ok) throw new Error(`not signed in: ${await answer.text()}`);
    return answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  };
  const notes = guest.withSession(session);
  const { id } = await notes.articles.create(ARTICLE);
  const { url } = await notes.publications.publish({ articleId: id });
  const article = `${server.baseUrl}${new URL(url).pathname}`;

  const { stdout: version } = await run(BROWSER, ['--version']);
  const browser = `${path.basename(BROWSER)} ${/[\d.]+/.exec(version)?.[0]}`;
  const rows = [];
  const problems = new Set();
  for (const [name, target, cookie] of [
    ['one sentence (baseline)', `http://127.0.0.1:${bare.address().port}/`],
    ['published article', article],
    ['landing page', `${server.baseUrl}/`],
    ['sign-in', `${server.baseUrl}/login`],
    ['home', `${server.baseUrl}/home`, signIn],
  ]) {
    const results = [];
    for (let nth = 0; nth < runs; nth += 1) results.push(await audit(target, await cookie?.()));
    const scores = CATEGORIES.map((_, at) => median(results.map(({ scores }) => scores[at])));
    const lcp = Math.round(median(results.map(({ lcpMs }) => lcpMs)));
    const kib = (median(results.map(({ bytes }) => bytes)) / 1024).toFixed(1);
    rows.push(`| ${name} | ${scores.join(' | ')} | ${lcp} | ${kib} |`);
    for (const { failed } of results) for (const audit of failed) problems.add(`${name}: ${audit}`);
  }
  const report = `# Pages in Lighthouse

Written by \`pnpm bench:web\` on ${new Date().toISOString().slice(0, 10)}: ${LIGHTHOUSE} (mobile), ${browser}, ${os.cpus().length} cores, median of ${runs}.
The page of one sentence is the baseline: what it lacks of 100 in performance is the browser's own. The sign-in and
the home are kept from search engines, which Lighthouse counts against them.

| page | performance | accessibility | best practices | SEO | largest paint ms | KiB |
|---|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}

Audits that failed: ${[...problems].join('; ') || 'none'}.
`;
  writeFileSync(new URL('../docs/proof/bench-web.md', import.meta.url), report);
  console.log(report);
} finally {
  bare.close();
  await server.close();
}
