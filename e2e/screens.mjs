// Every screen and state of the web app and the pages beside it, for axe and for pictures. A new screen
// is a new line here: `who` opens it, `path` leads to it, `open` goes on to the state.

import {
  agree,
  alert,
  article,
  articleMenu,
  atTextEnd,
  button,
  disagree,
  key,
  layer,
  press,
  selectTwo,
  takeBack,
  welcome,
  withoutServer,
  withServer,
  written,
} from './screen-steps.mjs';

/**
 * @typedef {'zh-CN' | 'en'} Locale
 * @typedef {{
 *   page: import('playwright-core').Page,
 *   m: Record<string, string>,
 *   world: import('./world.mjs').World,
 *   locale: Locale,
 * }} Visit
 * @typedef {{
 *   name: string,
 *   who: 'visitor' | 'newcomer' | 'member' | 'admin',
 *   path: string | ((world: import('./world.mjs').World, locale: Locale) => string),
 *   open?: (visit: Visit) => Promise<unknown>,
 *   leave?: (visit: Visit) => Promise<unknown>,
 *   isWideOnly?: boolean,
 * }} Screen
 */

/** @type {Screen[]} */
export const SCREENS = [
  // Pages of the server.
  { name: 'landing', who: 'visitor', path: '/' },
  {
    name: 'public-article',
    who: 'visitor',
    path: (w, l) => `/p/${encodeURIComponent(w.slugs[l])}`,
  },
  { name: 'public-author', who: 'visitor', path: (w) => `/u/${w.handle}` },
  { name: 'public-share', who: 'visitor', path: (w) => w.sharePath },
  { name: 'public-missing', who: 'visitor', path: '/p/nothing-here' },

  // Signing in.
  { name: 'sign-in', who: 'visitor', path: '/login' },
  {
    name: 'sign-in-refused',
    who: 'visitor',
    path: '/login',
    open: async ({ page, m }) => {
      await page.getByLabel(m.auth_email).fill('nobody@example.org');
      await page.locator('input[autocomplete="current-password"]').fill('not the password');
      await button(page, m.auth_sign_in).click();
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'register', who: 'visitor', path: '/register' },
  { name: 'forgot-password', who: 'visitor', path: '/forgot' },
  { name: 'verify-email', who: 'visitor', path: '/verify?token=from-a-link' },
  { name: 'reset-password', who: 'visitor', path: '/reset?token=from-a-link' },

  // What can go wrong.
  { name: 'not-found', who: 'visitor', path: '/nothing/here' },
  {
    name: 'unreachable',
    who: 'visitor',
    path: '/login',
    open: withoutServer('**/auth.refresh*'),
    leave: withServer,
  },
  {
    name: 'maintenance',
    who: 'visitor',
    path: '/login',
    open: async ({ page }) => {
      await page.route('**/auth.refresh*', (route) =>
        route.fulfill({ status: 503, headers: { 'retry-after': '60' }, body: 'Starting' }),
      );
      await page.reload();
    },
    leave: withServer,
  },
  {
    name: 'new-version',
    who: 'visitor',
    path: '/login',
    open: async ({ page, m }) => {
      await page.route('**/assets/register-*.js', (route) => route.abort());
      // Reloaded for it a moment ago: the page asks this time.
      await page.evaluate(() => sessionStorage.setItem('reloaded-for-chunks', String(Date.now())));
      await page.getByRole('link', { name: m.auth_register, exact: true }).click();
      await button(page, m.crash_reload).waitFor();
    },
    leave: withServer,
  },
  {
    name: 'crash',
    who: 'visitor',
    path: '/login',
    open: async ({ page, m }) => {
      await page.route('**/system.info*', async (route) => {
        const response = await route.fetch();
        const answer = await response.text();
        // Nothing that can be drawn.
        await route.fulfill({ response, body: answer.replace(/"email":"[^"]*"/, '"email":{}') });
      });
      await page.reload();
      await page.getByRole('heading', { name: m.crash_title }).waitFor();
    },
    leave: withServer,
  },

  // A new account.
  {
    name: 'welcome-looks',
    who: 'newcomer',
    path: '/notes',
    open: (visit) => welcome(visit, 1),
  },
  { name: 'welcome-note', who: 'newcomer', path: '/notes', open: (visit) => welcome(visit, 2) },
  {
    name: 'welcome-tips',
    who: 'newcomer',
    path: '/notes',
    open: (visit) => welcome(visit, 3),
    leave: ({ page }) => page.evaluate(() => localStorage.removeItem('onboarding')),
  },
  { name: 'home-empty', who: 'newcomer', path: '/home' },
  { name: 'notes-empty', who: 'newcomer', path: '/notes' },
  { name: 'trash-empty', who: 'newcomer', path: '/notes?view=trash' },
  { name: 'published-empty', who: 'newcomer', path: '/published' },

  // Home.
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

  // Notes.
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
  {
    name: 'tags-error',
    who: 'newcomer',
    path: '/tags',
    open: async (visit) => {
      await withoutServer(/tags\.list/)(visit);
      await alert(visit);
    },
    leave: withServer,
  },

  // Finding.
  { name: 'search', who: 'member', path: '/search' },
  {
    name: 'search-results',
    who: 'member',
    path: (_, locale) =>
      `/search?q=${encodeURIComponent(locale === 'en' ? 'status is:published' : '茶 is:published')}`,
    open: ({ page }) => page.locator('main mark').first().waitFor(),
  },
  {
    name: 'search-nothing',
    who: 'member',
    path: '/search?q=qqzzxx',
    open: ({ page, m }) => page.getByText(m.search_nothing).waitFor(),
  },
  { name: 'palette', who: 'member', path: '/notes', open: key('Control+k') },
  {
    name: 'palette-results',
    who: 'member',
    path: '/notes',
    open: async (visit) => {
      await key('Control+k')(visit);
      await visit.page.keyboard.type(visit.locale === 'en' ? 'status' : '茶类');
      await visit.page.locator('[role=option] mark').first().waitFor();
    },
  },
  {
    name: 'palette-nothing',
    who: 'member',
    path: '/notes',
    open: async (visit) => {
      await key('Control+k')(visit);
      await visit.page.keyboard.type('qqzzxx');
      await visit.page.getByText(visit.m.search_nothing).waitFor();
    },
  },
  { name: 'shortcuts', who: 'member', path: '/notes', open: key('Control+/') },

  // Writing.
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
    name: 'conflict',
    who: 'member',
    path: (w) => `/notes/${w.conflict}`,
    open: disagree,
    leave: agree,
  },

  { name: 'outbox-empty', who: 'newcomer', path: '/sync' },
  { name: 'notifications', who: 'admin', path: '/notifications' },
  { name: 'notifications-empty', who: 'newcomer', path: '/notifications' },

  // Settings.
  { name: 'settings', who: 'member', path: '/settings' },
  { name: 'settings-profile', who: 'member', path: '/settings/profile' },
  { name: 'settings-security', who: 'member', path: '/settings/security' },
  { name: 'settings-language', who: 'member', path: '/settings/language' },
  { name: 'settings-data', who: 'member', path: '/settings/data' },
  { name: 'settings-appearance', who: 'member', path: '/settings/appearance' },
  { name: 'settings-editor', who: 'member', path: '/settings/editor' },
  { name: 'settings-shortcuts', who: 'member', path: '/settings/shortcuts' },
  {
    name: 'delete-account',
    who: 'member',
    path: '/settings/data',
    open: async ({ page, m }) => {
      await button(page, `${m.settings_delete_account}…`).click();
      await layer(page);
    },
  },

  // Administration.
  { name: 'no-access', who: 'member', path: '/admin' },
  { name: 'admin-users', who: 'admin', path: '/admin' },
  { name: 'admin-invitations', who: 'admin', path: '/admin?tab=invitations' },
  { name: 'admin-reports', who: 'admin', path: '/admin?tab=reports' },
  { name: 'admin-jobs', who: 'admin', path: '/admin?tab=jobs' },
  { name: 'admin-site', who: 'admin', path: '/admin?tab=site' },
];
