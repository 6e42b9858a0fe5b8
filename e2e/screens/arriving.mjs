// Signing in, what can go wrong on the way, and a new account.

import { button, heard, unheard, welcome, withServer } from '../screen-steps.mjs';

/** @type {import('../screens.mjs').Screen[]} */
export const ARRIVING = [
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

  { name: 'not-found', who: 'visitor', path: '/nothing/here' },
  {
    name: 'unreachable',
    who: 'visitor',
    path: '/login',
    open: unheard((route) => route.abort()),
    leave: heard,
  },
  {
    name: 'maintenance',
    who: 'visitor',
    path: '/login',
    open: unheard((route) =>
      route.fulfill({ status: 503, headers: { 'retry-after': '60' }, body: 'Starting' }),
    ),
    leave: heard,
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
];
