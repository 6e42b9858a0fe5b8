// node scripts/shots.mjs [part of a name ...]: every screen and state in both schemes, both languages, wide
// and on a phone, into artifacts/shots/ with an index.html that shows them all.
// --readme takes the README's pictures into docs/images/ instead.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { SCREENS } from '../e2e/screens.mjs';
import { openTill } from '../e2e/till.mjs';
import { allStops, SCHEMES, tour } from '../e2e/visits.mjs';
import { demoAccountOf, makeWorld, SETUP_TOKEN } from '../e2e/world.mjs';
import { openProofServer } from './proof/server.mjs';

const root = path.resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const isReadme = args.includes('--readme');
const parts = args.filter((arg) => !arg.startsWith('--'));

const till = await openTill();
const server = await openProofServer({ env: { SETUP_TOKEN, ...till.env } });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
});
try {
  await server.start();
  const world = await makeWorld(server.baseUrl, demoAccountOf(server.output()), till);
  if (isReadme) await takeReadmePictures(world);
  else await takeAll(world);
} finally {
  await browser.close();
  await server.close();
  await till.close();
}

async function takeAll(world) {
  const folder = path.join(root, 'artifacts/shots');
  mkdirSync(folder, { recursive: true });
  const chosen = SCREENS.filter(
    ({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)),
  );
  const shots = [];
  await tour(browser, world, allStops(chosen), {
    async look(page, { screen, locale, width }) {
      for (const colorScheme of SCHEMES) {
        const file = `${screen.name}.${locale}.${colorScheme}.${width}.png`;
        await takePicture(page, colorScheme, path.join(folder, file));
        shots.push({ screen: screen.name, file, width });
      }
    },
    onFailure,
  });
  writeFileSync(path.join(folder, 'index.html'), contactSheet(chosen, shots));
  console.log(`${shots.length} pictures in ${path.relative(root, folder)}`);
}

async function takePicture(page, colorScheme, file) {
  await page.emulateMedia({ colorScheme });
  await page.waitForTimeout(150);
  await page.screenshot({ path: file });
}

function onFailure(error, { screen, locale, width }) {
  process.exitCode = 1;
  console.error(`${screen.name} ${locale} ${width}: ${error.message}`);
}

function contactSheet(screens, shots) {
  const rows = screens.map(({ name }) => {
    const pictures = shots
      .filter(({ screen }) => screen === name)
      .map(
        ({ file, width }) =>
          `<a href="${file}"><img loading="lazy" class="w${width}" src="${file}" alt="${file}"></a>`,
      );
    return `<h2 id="${name}">${name}</h2><div>${pictures.join('')}</div>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>Screens</title>
<style>body{font:14px sans-serif;background:#888;margin:1rem}div{display:flex;flex-wrap:wrap;gap:8px}
img{display:block;height:260px}h2{margin:1.5rem 0 .5rem}</style>
${rows.join('\n')}
`;
}

/** The few pictures the READMEs show. */
async function takeReadmePictures(world) {
  const pictures = [
    ['note', 'en', 'light', 'editor.png'],
    ['note', 'zh-CN', 'light', 'editor-zh.png'],
    ['note', 'zh-CN', 'dark', 'editor-dark.png'],
    ['public-article', 'zh-CN', 'light', 'article.png'],
  ];
  const stops = pictures.map(([name, locale, colorScheme, file]) => ({
    screen: SCREENS.find((screen) => screen.name === name),
    locale,
    width: 1440,
    colorScheme,
    file: path.join(root, 'docs/images', file),
  }));
  await tour(browser, world, stops, {
    look: (page, { colorScheme, file }) => takePicture(page, colorScheme, file),
    onFailure,
    device: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 },
  });
}
