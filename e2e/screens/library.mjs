// Home, lists of notes, tags.

import {
  alert,
  button,
  giveVault,
  goOffline,
  goOnline,
  layer,
  press,
  selectTwo,
  withoutServer,
  withServer,
} from '../screen-steps.mjs';

/** @type {import('../screens.mjs').Screen[]} */
export const LIBRARY = [
  {
    name: 'home',
    who: 'member',
    path: '/home',
    open: async ({ page, m }) => {
      await page.getByRole('heading', { name: m.home_recent }).waitFor();
    },
  },
  {
    name: 'home-jotting',
    who: 'member',
    path: '/home',
    open: async ({ page, m }) => {
      await page.getByLabel(m.home_capture_label).fill('茶会\n- [ ] 买龙井');
    },
  },
  {
    name: 'home-error',
    who: 'newcomer',
    path: '/home',
    open: async (visit) => {
      await withoutServer(/articles\.list/)(visit);
      await alert(visit);
    },
    leave: withServer,
  },

  { name: 'notes', who: 'member', path: '/notes' },
  {
    name: 'notes-error',
    who: 'newcomer',
    path: '/notes',
    open: async (visit) => {
      await withoutServer(/articles\.list/)(visit);
      await alert(visit);
    },
    leave: withServer,
  },
  {
    name: 'notes-selected',
    who: 'member',
    path: '/notes',
    open: selectTwo,
  },
  {
    name: 'notes-tagging',
    who: 'member',
    path: '/notes',
    open: async (visit) => {
      await selectTwo(visit);
      await press('select_tag')(visit);
    },
  },
  {
    name: 'trash-selected',
    who: 'member',
    path: '/notes?view=trash',
    open: async ({ page }) => {
      await page
        .locator('main li a[data-row]')
        .first()
        .click({ modifiers: ['ControlOrMeta'] });
      await page.getByRole('toolbar').waitFor();
    },
  },
  { name: 'notes-of-notebook', who: 'member', path: (w) => `/notes?notebook=${w.notebookId}` },
  { name: 'notes-of-tag', who: 'member', path: '/notes?tag=sql' },
  { name: 'archive', who: 'member', path: '/notes?view=archived' },
  { name: 'trash', who: 'member', path: '/notes?view=trash' },
  { name: 'trashed-note', who: 'member', path: (w) => `/notes/${w.trashed}?view=trash` },
  {
    name: 'trash-restore',
    who: 'member',
    path: (w) => `/notes/${w.homeless}?view=trash`,
    open: press('trash_restore'),
  },
  {
    // Who never looked at a list before.
    name: 'not-on-device',
    who: 'admin',
    path: '/home',
    open: async (visit) => {
      await goOffline(visit);
      await visit.page.getByRole('link', { name: visit.m.nav_published }).click();
      await visit.page.getByRole('heading', { name: visit.m.not_here_page_title }).waitFor();
    },
    leave: goOnline,
    isWideOnly: true,
  },
  { name: 'import', who: 'newcomer', path: '/import' },
  { name: 'import-preview', who: 'member', path: '/import', open: giveVault },
  { name: 'published', who: 'member', path: '/published' },
  {
    name: 'drawer',
    who: 'member',
    path: '/notes',
    open: async ({ page, m }) => {
      const opener = button(page, m.nav_open_sidebar).first();
      if (await opener.isVisible()) await opener.click();
    },
  },
  {
    name: 'user-menu',
    who: 'member',
    path: '/settings/profile',
    open: async ({ page }) => {
      await page.locator('aside button[aria-haspopup=menu]').first().click();
      await layer(page);
    },
    isWideOnly: true,
  },
  {
    name: 'new-notebook',
    who: 'member',
    path: '/notes',
    open: press('notebook_new'),
    isWideOnly: true,
  },

  { name: 'tags', who: 'member', path: '/tags' },
  { name: 'tags-empty', who: 'newcomer', path: '/tags' },
  {
    name: 'tag-merge',
    who: 'member',
    path: '/tags',
    open: async (visit) => {
      await visit.page.locator('main li button[aria-haspopup=menu]').first().click();
      await visit.page.getByRole('menuitem', { name: visit.m.tag_merge }).click();
      await visit.page.getByRole('dialog').waitFor();
    },
  },
];
