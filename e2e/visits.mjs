// Brings a browser to the screens of screens.mjs, signed in as whoever they are for.
import { readFileSync } from 'node:fs';

/**
 * @typedef {import('./screens.mjs').Screen} Screen
 * @typedef {import('./screens.mjs').Locale} Locale
 * @typedef {{ screen: Screen, locale: Locale, width: keyof typeof DEVICES }} Stop
 */

export const LOCALES = /** @type {const} */ (['zh-CN', 'en']);
export const SCHEMES = /** @type {const} */ (['light', 'dark']);
/** What the screens are looked at on, by the width of the window. */
export const DEVICES = {
  1440: { viewport: { width: 1440, height: 900 } },
  360: {
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    deviceScaleFactor: 2,
  },
};
/** Wide before narrow: numbers as keys would come the other way round. */
export const WIDTHS = /** @type {const} */ ([1440, 360]);

/** @param {Locale} locale @returns {Record<string, string>} */
export const wordsOf = (locale) =>
  JSON.parse(
    readFileSync(new URL(`../packages/messages/messages/${locale}.json`, import.meta.url), 'utf8'),
  );

/** Every stop there is. @param {Screen[]} screens @returns {Stop[]} */
export const allStops = (screens) =>
  WIDTHS.flatMap((width) =>
    LOCALES.flatMap((locale) =>
      screens
        .filter((screen) => width !== 360 || !screen.isWideOnly)
        .map((screen) => ({ screen, locale, width })),
    ),
  );

/**
 * Goes to every stop and hands the page to `look`. A stop that fails is tried once more (told to
 * `onRetry` with what the page said), then told to `onFailure`, and the tour goes on; what breaks the
 * content policy is told to `onProblem`.
 * @param {import('playwright-core').Browser} browser
 * @param {import('./world.mjs').World} world
 * @param {Stop[]} stops
 * @param {{
 *   look: (page: import('playwright-core').Page, stop: Stop) => Promise<unknown>,
 *   onFailure: (error: Error, stop: Stop) => void,
 *   onRetry?: (error: Error, stop: Stop) => void,
 *   onProblem?: (text: string) => void,
 *   device?: import('playwright-core').BrowserContextOptions,
 * }} options
 */
export async function tour(browser, world, stops, { look, onFailure, onRetry, onProblem, device }) {
  for (const width of WIDTHS) {
    const visits = createVisits(browser, world, { ...DEVICES[width], ...device }, onProblem);
    for (const locale of LOCALES) {
      const here = stops.filter((stop) => stop.width === width && stop.locale === locale);
      if (here.length === 0) continue;
      await world.speak(locale);
      const go = async (part) => {
        for (const stop of part) {
          const visit = () => visits.visit(stop.screen, locale, (page) => look(page, stop));
          await visit().catch((error) => {
            onRetry?.(error, stop);
            return visit().catch((again) => onFailure(again, stop));
          });
        }
      };
      // Two cores: the screens of the member beside everybody else's.
      const isMembers = ({ screen }) => screen.who === 'member';
      await Promise.all([go(here.filter(isMembers)), go(here.filter((stop) => !isMembers(stop)))]);
    }
    await visits.close();
  }
}

/** One page for each kind of person, signed in once. */
function createVisits(browser, world, options, onProblem) {
  /** @type {Map<string, Promise<import('playwright-core').Page>>} */
  const pages = new Map();

  async function open(who) {
    const context = await browser.newContext({
      baseURL: world.baseUrl,
      // What fades in is looked at half-way otherwise.
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) onProblem?.(message.text());
    });
    if (who !== 'visitor') await signIn(page, world.accounts[who]);
    return page;
  }

  return {
    /** @param {Screen} screen @param {Locale} locale */
    async visit(screen, locale, look) {
      const opened = pages.get(screen.who) ?? open(screen.who);
      pages.set(screen.who, opened);
      const page = await opened;
      // Where the last visit came to no end it left its hands on the network.
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      const visit = { page, m: wordsOf(locale), world, locale };
      await page.context().addCookies([{ name: 'locale', value: locale, url: world.baseUrl }]);
      const { path } = screen;
      const reach = async () => {
        await page.goto(typeof path === 'string' ? path : path(world, locale));
        await page.locator('h1').first().waitFor({ state: 'attached' });
        await page.waitForFunction(() => !document.querySelector('.skeleton'));
        await screen.open?.(visit);
      };
      await reach().catch(async (error) => {
        const said = await page.evaluate(() => document.body.innerText).catch(String);
        throw new Error(`${error.message}\nThe page said: ${said.slice(0, 500)}`, { cause: error });
      });
      await look(page);
      await screen.leave?.(visit);
    },
    async close() {
      for (const page of pages.values()) await (await page).context().close();
    },
  };
}

/** @param {import('playwright-core').Page} page @param {import('./world.mjs').Account} account */
export async function signIn(page, { email, password }) {
  await page.goto('/login');
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.waitForURL('**/home');
}
