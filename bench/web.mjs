// pnpm bench:web [--runs N]: Lighthouse on a published article, the landing page and the sign-in, as
// `npm start` serves them. Prints the median of 5 runs; the tool is fetched when this is run.
import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';
import { createClient } from '@ainotebook/sdk';
import { openProofServer } from '../scripts/proof/server.mjs';
import { ARTICLE } from './web-article.mjs';

const LIGHTHOUSE = 'lighthouse@12.8.2';
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const RUN_MS = 180_000;

const runsAt = process.argv.indexOf('--runs');
const runs = runsAt > 0 ? Number(process.argv[runsAt + 1]) : 5;
const run = promisify(execFile);

async function audit(url) {
  const { stdout } = await run(
    'npx',
    [
      '--yes',
      LIGHTHOUSE,
      url,
      '--quiet',
      '--output=json',
      `--only-categories=${CATEGORIES.join(',')}`,
      '--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage',
    ],
    {
      env: { ...process.env, CHROME_PATH: process.env.CHROMIUM ?? '/usr/bin/chromium' },
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

const server = await openProofServer();
try {
  await server.start();
  const guest = createClient({ baseUrl: server.baseUrl });
  const session = await guest.auth.register({
    email: 'bench@example.org',
    password: 'correct horse battery',
    displayName: '林茶',
    session: 'token',
  });
  const notes = guest.withSession(session);
  const { id } = await notes.articles.create(ARTICLE);
  const { url } = await notes.publications.publish({ articleId: id });
  const article = `${server.baseUrl}${new URL(url).pathname}`;

  console.log(`${os.cpus().length} cores, ${LIGHTHOUSE}, mobile, median of ${runs}`);
  console.log(
    '| page | performance | accessibility | best practices | SEO | largest paint ms | KiB |',
  );
  console.log('|---|---|---|---|---|---|---|');
  const problems = new Set();
  for (const [name, target] of [
    ['published article', article],
    ['landing page', `${server.baseUrl}/`],
    ['sign-in', `${server.baseUrl}/login`],
  ]) {
    const results = [];
    for (let nth = 0; nth < runs; nth += 1) results.push(await audit(target));
    const scores = CATEGORIES.map((_, at) => median(results.map(({ scores }) => scores[at])));
    const lcp = Math.round(median(results.map(({ lcpMs }) => lcpMs)));
    const kib = (median(results.map(({ bytes }) => bytes)) / 1024).toFixed(1);
    console.log(`| ${name} | ${scores.join(' | ')} | ${lcp} | ${kib} |`);
    for (const { failed } of results) for (const audit of failed) problems.add(`${name}: ${audit}`);
  }
  for (const problem of problems) console.log(`failed audit: ${problem}`);
} finally {
  await server.close();
}
