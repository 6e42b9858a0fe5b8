// The main paths without a mouse, and what the inspection of accessibility.proof.mjs is worth.
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, word } from './browser.js';
import { axeViolations, motions, sidewaysScrolling } from './inspect.mjs';
import { TestServer } from './server.js';
import { signIn } from './visits.mjs';
import { demoAccountOf } from './world.mjs';

let server: TestServer;
let browser: Browser;
let member: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  member = await openPage();
  await signIn(member, demoAccountOf(server.output));
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

async function openPage(): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.baseUrl,
    locale: 'zh-CN',
    viewport: { width: 1280, height: 800 },
  });
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

/** A page of nobody's; it is closed after `use`. */
async function withVisitor(use: (page: Page) => Promise<void>): Promise<void> {
  const page = await openPage();
  await use(page).finally(() => page.context().close());
}

/** The page of the demo's account, with its notes before it. */
async function withMember(use: (page: Page) => Promise<void>): Promise<void> {
  await member.goto('/notes');
  await member.locator('main#main h1:focus').waitFor();
  await use(member);
}

const button = (page: Page, key: string) =>
  page.getByRole('button', { name: word(key), exact: true });

const focusedText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
  });

const isFocusWithin = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((within) => document.activeElement?.closest(within) !== null, selector);

/** The focus comes back a moment after what had it is gone. */
const expectFocus = (locator: Locator) =>
  expect
    .poll(() => locator.evaluate((element) => element === document.activeElement), {
      timeout: 30_000,
    })
    .toBe(true);

interface TabStop {
  html: string;
  isInView: boolean;
  hasRing: boolean;
}

/** Presses Tab until the focus has been everywhere; fails where it does not come round. */
async function walk(page: Page, most = 150): Promise<TabStop[]> {
  const stops: TabStop[] = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body || element.hasAttribute('data-walked')) return null;
      element.setAttribute('data-walked', '');
      const { top, bottom, left, right } = element.getBoundingClientRect();
      const isRinged = (one: Element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
        return (
          (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
        );
      };
      return {
        html: element.outerHTML.slice(0, 160),
        isInView: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
        // What holds a field may wear the ring for it.
        hasRing: isRinged(element) || (element.parentElement && isRinged(element.parentElement)),
      };
    });
    if (!stop) return stops;
    stops.push({ ...stop, hasRing: stop.hasRing === true });
  }
  throw new Error(`the focus does not come round; last at ${stops.at(-1)?.html}`);
}

describe('without a mouse', () => {
  it('a person signs in, and hears where that led', () =>
    withVisitor(async (page) => {
      const { email, password } = demoAccountOf(server.output);
      await page.goto('/login');
      await page.locator('input[type=email]:focus').waitFor();
      await page.keyboard.type(email);
      await page.keyboard.press('Tab');
      await page.keyboard.type(password);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/home');
      await page.locator('h1:focus').waitFor();
      expect(await page.title()).toContain(word('nav_home'));
    }));

  it('the first stop leads past the sidebar', () =>
    withMember(async (page) => {
      // Where a walk through the page begins.
      await page.evaluate(() => {
        document.body.tabIndex = -1;
        document.body.focus();
      });
      await page.keyboard.press('Tab');
      expect(await focusedText(page)).toBe(word('page_skip_to_content'));
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await isFocusWithin(page, 'main')).toBe(true);
    }));

  const expectWalk = async (page: Page, path: string) => {
    await page.goto(path);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    await expect.poll(() => page.locator('.skeleton').count(), { timeout: 30_000 }).toBe(0);
    const stops = await walk(page);
    expect(stops.length).toBeGreaterThan(3);
    expect(stops.filter(({ isInView, hasRing }) => !isInView || !hasRing)).toEqual([]);
  };
  it.each(['/login', '/register'])(
    'every stop of %s is in view and has a ring, and the last leads out',
    (path) => withVisitor((page) => expectWalk(page, path)),
  );
  it.each(['/home', '/notes', '/published', '/settings/appearance'])(
    'every stop of %s is in view and has a ring, and the last leads out',
    (path) => withMember((page) => expectWalk(page, path)),
  );

  it('arrows walk through the notebooks, unfold and fold them', () =>
    withMember(async (page) => {
      const tree = page.getByRole('tree', { name: word('nav_notebooks') });
      const row = tree.getByRole('treeitem', { expanded: false }).first();
      const name = await row.getByRole('link').innerText();
      await row.getByRole('link').focus();
      await page.keyboard.press('ArrowRight');
      const opened = tree.getByRole('treeitem', { expanded: true });
      await opened.waitFor();
      await page.keyboard.press('ArrowRight');
      expect(await focusedText(page)).not.toBe(name);
      await page.keyboard.press('ArrowLeft');
      expect(await focusedText(page)).toBe(name);
      await page.keyboard.press('ArrowLeft');
      await opened.waitFor({ state: 'detached' });
      await page.keyboard.press('Enter');
      await page.waitForURL('**/notes?notebook=*');
    }));

  it('a note is written, and the editor lets go of the focus', () =>
    withMember(async (page) => {
      await page.keyboard.press('Control+Alt+n');
      await page.waitForURL('**/notes/*');
      await page.getByRole('textbox', { name: word('editor_title') }).focus();
      await page.keyboard.type('只用键盘');
      await page.keyboard.press('Enter');
      const editor = page.getByRole('textbox', { name: word('editor_label') });
      await editor.waitFor();
      await editor.focus();
      await page.keyboard.type('写下来');
      await page.locator('[data-save-status="saved"]').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
      await page.waitForFunction(
        () => document.activeElement?.closest('[contenteditable=true]') === null,
      );
      expect(await editor.innerText()).toContain('写下来');
    }));

  it('a menu opens, is walked with arrows and gives the focus back', () =>
    withMember(async (page) => {
      const opener = page.locator('aside button[aria-haspopup=menu]').first();
      await opener.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menu').waitFor();
      await page.keyboard.press('ArrowDown');
      expect(await isFocusWithin(page, '[role=menuitem]')).toBe(true);
      await page.keyboard.press('Escape');
      await page.getByRole('menu').waitFor({ state: 'detached' });
      await expectFocus(opener);
    }));

  it('a dialog keeps the focus while it is open and gives it back', () =>
    withMember(async (page) => {
      const opener = button(page, 'notebook_new').first();
      await opener.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      for (let i = 0; i < 8; i++) {
        await page.keyboard.press('Tab');
        expect(await isFocusWithin(page, '[role=dialog]')).toBe(true);
      }
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expectFocus(opener);
    }));

  it('a dialog that a menu opened gives the focus back to the button of the menu', () =>
    withMember(async (page) => {
      const opener = page.locator('aside button[aria-haspopup=menu]').first();
      await opener.focus();
      await page.keyboard.press('Enter');
      const item = page.getByRole('menuitem', { name: word('shortcuts_title') });
      await item.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: word('shortcuts_title') }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expectFocus(opener);
    }));

  it('the palette is one key away, and Escape leads back to where one was', () =>
    withMember(async (page) => {
      const link = page.getByRole('link', { name: word('nav_published'), exact: true });
      await link.focus();
      await page.keyboard.press('Control+k');
      await page.getByPlaceholder(word('search_placeholder')).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expectFocus(link);
    }));

  it('single keys work until they are turned off', () =>
    withMember(async (page) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: word('shortcuts_title') }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.goto('/settings/editor');
      const choice = page.getByRole('switch', { name: word('shortcuts_single') });
      await choice.focus();
      await page.keyboard.press('Space');
      await page.goto('/notes');
      await page.locator('h1:focus').waitFor();
      await page.keyboard.press('n');
      await page.keyboard.press('Control+/');
      await page.getByRole('dialog', { name: word('shortcuts_title') }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/notes');
    }));

  it('a new account goes through the first steps', () =>
    withVisitor(async (page) => {
      await page.goto('/register');
      await page.locator('input[autocomplete=name]:focus').waitFor();
      await page.keyboard.type('键盘客');
      await page.keyboard.press('Tab');
      await page.keyboard.type('keys@example.org');
      await page.keyboard.press('Tab');
      await page.keyboard.type('correct horse battery');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/welcome');
      for (const [step, next] of [
        [1, 'welcome_next'],
        [2, 'welcome_skip_step'],
        [3, 'welcome_start'],
      ] as const) {
        await page.locator(`li[aria-current=step]:nth-child(${step})`).waitFor();
        await page.locator('h1:focus').waitFor();
        while ((await focusedText(page)) !== word(next)) await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
      }
      await page.waitForURL('**/home');
      await page.locator('h1:focus').waitFor();
    }));
});

describe('motion', () => {
  const openDialog = async (page: Page): Promise<string[]> => {
    await button(page, 'notebook_new').first().click();
    await page.getByRole('dialog').waitFor();
    return motions(page);
  };

  it('accompanies what opens', () =>
    withMember(async (page) => {
      await page.evaluate(() => {
        // Long enough to be met under way on any machine.
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('* { animation-duration: 30s !important }');
        document.adoptedStyleSheets = [sheet];
      });
      expect((await openDialog(page)).join()).toContain('rise');
    }));

  it('is left out for those who asked for that', () =>
    withMember(async (page) => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      expect(await openDialog(page)).toEqual([]);
    }));
});

describe('the inspection', () => {
  it('finds a picture without words, faint text, a page too wide and what moves', () =>
    withVisitor(async (page) => {
      await page.setContent(`<html lang="en"><title>x</title><main><h1>Planted</h1>
        <img src="data:,"><p style="color:#aaa;background:#fff">faint</p>
        <div style="width:3000px">wide</div>
        <style>@keyframes turn{to{rotate:1turn}}h1{animation:turn 9s}</style></main></html>`);
      const found = (await axeViolations(page)).join('\n');
      expect(found).toMatch(/^image-alt: /m);
      expect(found).toMatch(/^color-contrast: /m);
      expect((await sidewaysScrolling(page)).join()).toContain('sideways at 1280');
      expect((await motions(page)).join()).toContain('turn');
    }));
});
