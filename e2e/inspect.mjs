// What is wrong with a page for people who do not see, do not use a mouse, zoom in or cannot bear motion.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds: WCAG 2.0 to 2.2, A and AA.
 * @param {import('playwright-core').Page} page @returns {Promise<string[]>}
 */
export async function axeViolations(page) {
  // The page's policy forbids script tags; evaluating in an isolated world does not ask it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      resultTypes: ['violations'],
      // Style sheets are copied for one experimental rule that is off.
      preload: { assets: ['media'] },
      // Off by default.
      rules: { 'target-size': { enabled: true } },
    });
    // Where text is edited the caret scrolls; axe looks for something to focus inside only.
    const isScrolledByCaret = (id, target) =>
      id === 'scrollable-region-focusable' &&
      document.querySelector(target[0])?.closest('[contenteditable=true]') != null;
    return violations.flatMap(({ id, nodes }) =>
      nodes
        .filter(({ target }) => !isScrolledByCaret(id, target))
        .map(({ html, target }) => `${id}: ${target.join(' ')} ${html.slice(0, 160)}`),
    );
  });
}

/**
 * What scrolls sideways or is cut off at this width; tables and code may scroll within themselves.
 * @param {import('playwright-core').Page} page @returns {Promise<string[]>}
 */
export function sidewaysScrolling(page) {
  return page.evaluate(() => {
    const mayScroll = (element) =>
      element.matches('input, textarea, pre, table, [role=toolbar]') ||
      element.firstElementChild?.matches('table') === true;
    const isCutOnPurpose = (element, style) =>
      style.textOverflow === 'ellipsis' ||
      style.webkitLineClamp !== 'none' ||
      element.clientWidth <= 1;
    return [...document.querySelectorAll('*')].flatMap((element) => {
      if (element.scrollWidth - element.clientWidth <= 1 || element.clientWidth === 0) return [];
      const style = getComputedStyle(element);
      const isRoot = element === document.scrollingElement;
      if (!isRoot && style.overflowX === 'visible') return [];
      if (mayScroll(element) || isCutOnPurpose(element, style)) return [];
      // What sticks out says more than what it sticks out of.
      const edge = element.getBoundingClientRect().left + element.clientWidth + 1;
      const widest = [...element.querySelectorAll('*')].findLast(
        (inner) => inner.getBoundingClientRect().right > edge,
      );
      const [tag] = (widest ?? element).outerHTML.split('>');
      return [
        `sideways at ${innerWidth}: ${element.scrollWidth} in ${element.clientWidth} ${tag?.slice(0, 160)}`,
      ];
    });
  });
}

/**
 * What moves longer than a moment.
 * @param {import('playwright-core').Page} page @returns {Promise<string[]>}
 */
export function motions(page) {
  return page.evaluate(() =>
    document.getAnimations().flatMap((animation) => {
      const duration = Number(animation.effect?.getComputedTiming().activeDuration ?? 0);
      if (animation.playState !== 'running' || duration <= 1) return [];
      const name = animation.animationName ?? animation.transitionProperty ?? 'script';
      return [`motion: ${name} for ${duration} ms`];
    }),
  );
}
