// Proof that every screen and state is open to everybody: axe finds nothing, nothing scrolls sideways
// at 200 % and 400 % zoom and on a phone, nothing moves for those who asked for that, and the content
// policy is kept.
//   node scripts/proof/accessibility.proof.mjs [--short] [part of a screen's name ...]
// Everything in both languages, schemes and widths; with --short each screen once, in turn another way.
import { chromium } from 'playwright-core';
import { axeViolations, motions, sidewaysScrolling } from '../../e2e/inspect.mjs';
import { SCREENS } from '../../e2e/screens.mjs';
import { openTill } from '../../e2e/till.mjs';
import { allStops, DEVICES, LOCALES, SCHEMES, tour, WIDTHS } from '../../e2e/visits.mjs';
import { demoAccountOf, makeWorld, SETUP_TOKEN } from '../../e2e/world.mjs';
import { openProofServer } from './server.mjs';

/** 1440 px at 200 % and 1280 px at 400 %. */
const ZOOMED_WIDTHS = [720, 320];
const isShort = process.argv.includes('--short');
const parts = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const screens = SCREENS.filter(
  ({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)),
);

const findings = [];
let checks = 0;
let retries = 0;

/** Each screen in one of the eight ways. */
const shortStops = screens.map((screen, index) => ({
  screen,
  locale: LOCALES[index % 2],
  width: screen.isWideOnly ? 1440 : WIDTHS[(index >> 1) % 2],
  schemes: [SCHEMES[(index >> 2) % 2]],
}));
const stops = isShort ? shortStops : allStops(screens);

async function look(page, stop) {
  const { screen, locale, width, schemes = SCHEMES } = stop;
  const found = (scheme, lines) => {
    checks += 1;
    findings.push(...lines.map((line) => `${screen.name} ${locale} ${width} ${scheme}: ${line}`));
  };
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    // The page hears of it with its next frame.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    found(colorScheme, await axeViolations(page));
  }
  found('', await motions(page));
  found('', await sidewaysScrolling(page));
  if (width === 360) return;
  const { viewport } = DEVICES[width];
  for (const zoomed of ZOOMED_WIDTHS) {
    await page.setViewportSize({ width: zoomed, height: 600 });
    found('', await sidewaysScrolling(page));
  }
  await page.setViewportSize(viewport);
}

const till = await openTill();
const server = await openProofServer({ env: { SETUP_TOKEN, ...till.env } });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
});
try {
  await server.start();
  const world = await makeWorld(server.baseUrl, demoAccountOf(server.output()), till);
  await tour(browser, world, stops, {
    look,
    onRetry(error, { screen, locale, width }) {
      retries += 1;
      console.error(`${screen.name} ${locale} ${width} is tried again: ${error.message}`);
    },
    onFailure: (error, { screen, locale, width }) =>
      findings.push(`${screen.name} ${locale} ${width} is not reached: ${error.message}`),
    onProblem: (text) => findings.push(`policy: ${text}`),
  });
} finally {
  await browser.close();
  await server.close();
  await till.close();
}

const isKept = findings.length === 0 && checks >= stops.length * 3;
for (const line of new Set(findings)) console.error(line);
console.log(
  JSON.stringify({
    promise: 'every screen and state: axe, zoom, reduced motion, content policy find nothing',
    figure: {
      screens: screens.length,
      visits: stops.length,
      checks,
      retries,
      found: findings.length,
    },
    verdict: isKept ? 'kept' : 'BROKEN',
  }),
);
process.exitCode = isKept ? 0 : 1;
