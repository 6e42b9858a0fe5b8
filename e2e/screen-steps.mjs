// What leads from an address to a state of screens.mjs, and back.
import { makeZip } from '@ainotebook/testkit';

export const button = (page, name) => page.getByRole('button', { name, exact: true });
export const press =
  (name) =>
  async ({ page, m }) => {
    await button(page, m[name]).first().click();
    await layer(page);
  };
/** Pressed again where nothing opens: a page that has just come may not listen yet. */
export const key =
  (keys) =>
  async ({ page }) => {
    for (let tries = 1; tries < 5; tries += 1) {
      await page.keyboard.press(keys);
      const isOpen = await layer(page, 3000).then(
        () => true,
        () => false,
      );
      if (isOpen) return;
    }
    await page.keyboard.press(keys);
    await layer(page);
  };
/** Something over the screen has opened. */
export const layer = (page, timeout = 30_000) =>
  page.locator('[role=dialog], [role=menu]').first().waitFor({ timeout });
export const article = (world, locale) => `/notes/${world.articles[locale]}`;
export const written = ({ page }) => page.locator('[data-save-status="saved"]').waitFor();
export const articleMenu = async (visit) => {
  await written(visit);
  await press('article_actions')(visit);
};
export const withoutServer =
  (path) =>
  async ({ page }) => {
    await page.route(path, (route) => route.abort());
    await page.reload();
  };
const HINT = { name: 'signed-in', value: '1' };
/** A visitor whom the browser takes for somebody signed in, whose session the server is asked for. */
export const unheard = (answer) => async (visit) => {
  await visit.page.context().addCookies([{ ...HINT, url: visit.world.baseUrl }]);
  await visit.page.route('**/auth.refresh*', answer);
  await visit.page.reload();
};
export async function heard(visit) {
  await withServer(visit);
  await visit.page.context().clearCookies({ name: HINT.name });
}
export const withServer = ({ page }) => page.unrouteAll({ behavior: 'ignoreErrors' });
export const alert = ({ page }) => page.getByRole('alert').first().waitFor({ timeout: 30_000 });

export async function selectTwo({ page }) {
  const rows = page.locator('main li a[data-row]');
  for (const nth of [0, 1]) await rows.nth(nth).click({ modifiers: ['ControlOrMeta'] });
  await page.getByRole('toolbar').waitFor();
}

/** The caret behind the last word of a note. */
export async function atTextEnd(visit) {
  const editor = visit.page.getByRole('textbox', { name: visit.m.editor_label });
  await editor.waitFor();
  await written(visit);
  await editor.click();
  await visit.page.keyboard.press('Control+End');
}

/** Undoes what was typed for a picture, as many steps. */
export function takeBack(steps) {
  return async (visit) => {
    await visit.page.keyboard.press('Escape');
    for (let i = 0; i < steps; i += 1) await visit.page.keyboard.press('Control+z');
    await written(visit);
  };
}

/** Registering begins the first steps; this account is older than the browser. */
export async function welcome({ page, world }, step) {
  const progress = { userId: world.newcomerId, step, noteId: null };
  await page.evaluate((kept) => localStorage.setItem('onboarding', kept), JSON.stringify(progress));
  await page.goto('/welcome');
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Without a network, as the browser itself finds it: what is open goes on without the server. */
export async function goOffline({ page, m }) {
  await page.context().setOffline(true);
  await page.getByText(m.away_banner).waitFor();
}

export async function goOnline({ page, m }) {
  await page.context().setOffline(false);
  await page.getByText(m.away_banner).waitFor({ state: 'detached' });
}

/** Gives the open note a picture as a paste does. */
export async function pastePicture(visit) {
  await atTextEnd(visit);
  await visit.page.locator('.ProseMirror').evaluate(async (editor) => {
    const canvas = new OffscreenCanvas(64, 64);
    canvas.getContext('2d')?.fillRect(0, 0, 64, 64);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob()], 'lotus.png', { type: 'image/png' }));
    const how = { bubbles: true, cancelable: true, clipboardData: data };
    editor.lastElementChild?.dispatchEvent(new ClipboardEvent('paste', how));
  });
  await visit.page.getByRole('region', { name: visit.m.upload_region }).waitFor();
}

/** Gives the screen of imports a vault with what can be taken over, what is missing and what cannot be read. */
export async function giveVault({ page, m }) {
  const buffer = makeZip([
    { name: '.obsidian/app.json', data: '{}' },
    { name: '旅行/桂林.md', data: '去 [[漓江]]\n\n![[没有.png]]\n' },
    { name: '漓江.md', data: '水很清。\n' },
    { name: '怪.bin', data: 'x' },
  ]);
  const vault = { name: 'vault.zip', mimeType: 'application/zip', buffer };
  await page.locator('input[type=file]').setInputFiles(vault);
  await page.getByRole('status').filter({ hasText: m.import_status_ready }).waitFor();
}

/** One text on two devices: the other one saves while this one has no network. */
export async function disagree(visit) {
  const { page, world } = visit;
  await atTextEnd(visit);
  await page.locator('.ProseMirror p').first().click();
  await page.keyboard.press('End');
  await goOffline(visit);
  await page.keyboard.type(' 拙政园的荷花开了。');
  await page.locator('[data-save-status="offline"]').waitFor();
  await world.saveElsewhere();
  await page.context().setOffline(false);
  await layer(page);
}

export async function agree({ page, m }) {
  await button(page, m.conflict_take_theirs).click();
  await written({ page });
}
