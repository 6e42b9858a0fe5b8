// Search, the palette, the list of shortcuts.

import { key } from '../screen-steps.mjs';

/** @type {import('../screens.mjs').Screen[]} */
export const FINDING = [
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
];
