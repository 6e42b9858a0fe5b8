// A note and what opens over it.

import {
  agree,
  article,
  articleMenu,
  atTextEnd,
  disagree,
  goOffline,
  goOnline,
  key,
  layer,
  pastePicture,
  press,
  takeBack,
  written,
} from '../screen-steps.mjs';

/** The panel of the assistant, over a note in which nothing is selected. */
async function askForHelp(visit) {
  await atTextEnd(visit);
  await visit.page.keyboard.press('Enter');
  const { page, m } = visit;
  await page.getByRole('button', { name: m.tool_assist, exact: true }).click();
  await page.getByRole('button', { name: m.assist_summarise, exact: true }).waitFor();
}

async function suggested(visit) {
  await articleMenu(visit);
  await visit.page.getByRole('menuitem', { name: visit.m.article_suggest }).click();
  await visit.page.getByRole('dialog').getByRole('radio').first().waitFor();
}

/** @type {import('../screens.mjs').Screen[]} */
export const WRITING = [
  { name: 'note', who: 'member', path: article, open: written },
  {
    name: 'note-preview',
    who: 'member',
    path: article,
    open: async (visit) => {
      await written(visit);
      await visit.page.keyboard.press('Control+Alt+p');
      await visit.page.locator('.prose').waitFor();
    },
  },
  { name: 'note-menu', who: 'member', path: article, open: articleMenu },
  {
    name: 'note-slash',
    who: 'member',
    path: (w) => `/notes/${w.conflict}`,
    open: async (visit) => {
      await atTextEnd(visit);
      await visit.page.keyboard.press('Enter');
      await visit.page.keyboard.type('/');
      await visit.page.getByRole('listbox').waitFor();
    },
    leave: takeBack(2),
  },
  {
    name: 'note-selection',
    who: 'member',
    path: (w) => `/notes/${w.conflict}`,
    open: async (visit) => {
      await written(visit);
      // Words of a paragraph: the note ends with a table.
      await visit.page.locator('.rich p').first().click();
      await visit.page.keyboard.press('Shift+ArrowLeft');
      await visit.page.keyboard.press('Shift+ArrowLeft');
      await visit.page.getByRole('toolbar', { name: visit.m.context_tools }).waitFor();
    },
  },
  {
    name: 'note-assist',
    who: 'member',
    path: (w) => `/notes/${w.conflict}`,
    open: askForHelp,
    leave: takeBack(1),
  },
  {
    name: 'note-assist-review',
    who: 'member',
    path: (w) => `/notes/${w.conflict}`,
    open: async (visit) => {
      await askForHelp(visit);
      await visit.page.getByRole('button', { name: visit.m.assist_summarise, exact: true }).click();
      await visit.page.locator('.assist-change').waitFor();
    },
    leave: ({ page }) => page.keyboard.press('Escape'),
  },
  { name: 'note-suggest', who: 'member', path: article, open: suggested },
  {
    name: 'note-table',
    who: 'member',
    path: article,
    open: async (visit) => {
      await written(visit);
      await visit.page.locator('.rich td, .rich th').first().click();
      await visit.page.getByRole('toolbar', { name: visit.m.context_tools }).waitFor();
    },
  },
  {
    name: 'note-source',
    who: 'member',
    path: article,
    open: async (visit) => {
      await written(visit);
      await visit.page.keyboard.press('Control+Alt+m');
      await visit.page.locator('.cm-content').waitFor();
    },
    leave: async ({ page }) => {
      await page.keyboard.press('Control+Alt+m');
      await page.locator('.ProseMirror').waitFor();
    },
  },
  {
    name: 'note-focus',
    who: 'member',
    path: article,
    open: async (visit) => {
      await written(visit);
      await visit.page.keyboard.press('Control+.');
    },
    isWideOnly: true,
  },
  {
    name: 'note-outline',
    who: 'member',
    path: article,
    open: async (visit) => {
      await written(visit);
      await key('Control+Alt+o')(visit);
      await visit.page.getByRole('navigation', { name: visit.m.outline_headings }).waitFor();
    },
  },
  {
    name: 'note-find',
    who: 'member',
    path: article,
    open: async (visit) => {
      await atTextEnd(visit);
      await visit.page.keyboard.press('Control+f');
      const bar = visit.page.getByRole('search', { name: visit.m.find_in_note });
      await bar.waitFor();
      await bar.getByRole('textbox').fill(visit.locale === 'en' ? 'the' : '茶');
      await bar.getByRole('button', { name: visit.m.find_replace, exact: true }).click();
      await visit.page.locator('.is-found-now').waitFor();
    },
  },
  {
    name: 'note-block',
    who: 'member',
    path: article,
    open: async (visit) => {
      await atTextEnd(visit);
      await key('Alt+Enter')(visit);
    },
    leave: ({ page }) => page.keyboard.press('Escape'),
  },
  {
    name: 'note-rail',
    who: 'member',
    path: article,
    open: async (visit) => {
      await written(visit);
      // Without the sidebar there is room for it.
      await visit.page.keyboard.press('Control+\\');
      await visit.page.getByRole('complementary', { name: visit.m.outline_title }).waitFor();
    },
    leave: ({ page }) => page.keyboard.press('Control+\\'),
    isWideOnly: true,
  },
  {
    name: 'publish',
    who: 'member',
    path: article,
    open: async (visit) => {
      await written(visit);
      await press('article_status_published')(visit);
    },
  },
  {
    name: 'history',
    who: 'member',
    path: article,
    open: async (visit) => {
      await articleMenu(visit);
      await visit.page.getByRole('menuitem', { name: visit.m.history_title }).click();
      await layer(visit.page);
    },
  },
  {
    name: 'history-ai',
    who: 'member',
    path: article,
    open: async (visit) => {
      await articleMenu(visit);
      await visit.page.getByRole('menuitem', { name: visit.m.history_title }).click();
      await visit.page.getByRole('button', { name: visit.m.origin_title }).click();
    },
  },
  {
    name: 'note-export',
    who: 'member',
    path: article,
    open: async (visit) => {
      await articleMenu(visit);
      await visit.page.getByRole('menuitem', { name: visit.m.article_export }).click();
      await visit.page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'note-upload',
    who: 'member',
    path: (w) => `/notes/${w.conflict}`,
    open: async (visit) => {
      await visit.page.route('**/api/files', () => undefined);
      await pastePicture(visit);
    },
    leave: async ({ page, m }) => {
      await page.getByRole('button', { name: m.upload_cancel.split('{')[0] }).click();
    },
  },
  {
    name: 'note-upload-refused',
    who: 'member',
    path: (w) => `/notes/${w.conflict}`,
    open: async (visit) => {
      await visit.page.route('**/api/files', (route) => route.abort());
      await pastePicture(visit);
      await visit.page.getByText(visit.m.upload_offline).waitFor();
    },
  },
  {
    name: 'note-offline',
    who: 'member',
    path: article,
    open: async (visit) => {
      await written(visit);
      await goOffline(visit);
    },
    leave: goOnline,
  },
  {
    name: 'conflict',
    who: 'member',
    path: (w) => `/notes/${w.conflict}`,
    open: disagree,
    leave: agree,
  },
];
