// What bench/editor.mjs measures in a page.
import { summary } from './measure.mjs';

const KEYS = 40;
const PAUSE_MS = 120;
const sessions = new WeakMap();

/** Slows the page's processor down by this factor. */
export async function throttle(page, rate) {
  const session = sessions.get(page) ?? (await page.context().newCDPSession(page));
  sessions.set(page, session);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
}

/** Milliseconds from the click on a note in the list until its text is painted. */
export function opening(page, articleId, selector) {
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

/** In the page: milliseconds until the bare editor with this text is painted. */
export const paintedAfter = ([text]) =>
  new Promise((resolve) => {
    const json = window.bare.parse(text);
    const began = performance.now();
    window.bare.open(json);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  });

/** Milliseconds from each key until the frame after it, in a paragraph in the middle of the text. */
export async function typing(page, selector) {
  const point = await page.evaluate(async (wanted) => {
    const frames = async (count) => {
      for (let i = 0; i < count; i += 1) await new Promise(requestAnimationFrame);
    };
    const root = document.querySelector(wanted);
    let scroller = root;
    while (
      scroller &&
      !(
        scroller.scrollHeight > scroller.clientHeight + 50 &&
        /auto|scroll/.test(getComputedStyle(scroller).overflowY)
      )
    ) {
      scroller = scroller.parentElement;
    }
    scroller ??= document.scrollingElement;
    scroller.scrollTop = scroller.scrollHeight / 2;
    // A source is drawn where it is seen, and measured then.
    await frames(10);
    const paragraphBelow = (height) =>
      [...root.querySelectorAll(':scope > p, :scope > .cm-line')].find(
        (one) => one.getBoundingClientRect().top > height && /写作是/.test(one.textContent),
      );
    paragraphBelow(0).scrollIntoView({ block: 'center' });
    await frames(10);
    const line = paragraphBelow(innerHeight / 4);
    const { left, top } = line.getBoundingClientRect();
    return { x: left + 40, y: top + 12 };
  }, selector);
  await page.mouse.click(point.x, point.y);
  await page.keyboard.press('End');
  await page.evaluate(() => {
    window.keyTimes = [];
    const onKey = ({ timeStamp }) =>
      requestAnimationFrame(() =>
        setTimeout(() => window.keyTimes.push(performance.now() - timeStamp)),
      );
    document.addEventListener('keydown', onKey, { capture: true });
  });
  for (let i = 0; i < KEYS; i += 1) {
    const sign = 'abcdefghij '[i % 11];
    await page.keyboard.press(sign === ' ' ? 'Space' : sign);
    await page.waitForTimeout(PAUSE_MS);
  }
  // The first ones open what comes with the first change.
  const times = (await page.evaluate(() => window.keyTimes)).slice(4);
  return summary(times);
}
