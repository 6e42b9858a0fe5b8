// Settings, administration, what waits to be sent, notifications.

import { button, layer, press } from '../screen-steps.mjs';

/** @type {import('../screens.mjs').Screen[]} */
export const SETTINGS = [
  { name: 'outbox-empty', who: 'newcomer', path: '/sync' },
  { name: 'notifications', who: 'admin', path: '/notifications' },
  { name: 'notifications-empty', who: 'newcomer', path: '/notifications' },

  { name: 'settings', who: 'member', path: '/settings' },
  { name: 'settings-profile', who: 'member', path: '/settings/profile' },
  { name: 'settings-security', who: 'member', path: '/settings/security' },
  { name: 'settings-keys', who: 'member', path: '/settings/keys' },
  {
    name: 'settings-keys-new',
    who: 'member',
    path: '/settings/keys',
    open: press('keys_new'),
  },
  {
    name: 'settings-keys-made',
    who: 'newcomer',
    path: '/settings/keys',
    open: async (visit) => {
      await press('keys_new')(visit);
      await visit.page.getByLabel(visit.m.keys_name).fill('backup');
      await button(visit.page, visit.m.keys_create).click();
      await visit.page.getByRole('heading', { name: visit.m.keys_made }).waitFor();
    },
  },
  {
    name: 'webhooks-new',
    who: 'member',
    path: '/settings/keys',
    open: press('webhooks_new'),
  },
  {
    name: 'webhooks-made',
    who: 'newcomer',
    path: '/settings/keys',
    open: async (visit) => {
      await press('webhooks_new')(visit);
      await visit.page.getByLabel(visit.m.webhooks_url).fill('https://hooks.example.org/notes');
      await button(visit.page, visit.m.common_create).click();
      await visit.page.getByRole('heading', { name: visit.m.webhooks_made }).waitFor();
    },
    // Ten are the most that one has.
    leave: async ({ world }) => world.dropWebhooks(),
  },
  {
    name: 'webhooks-log',
    who: 'member',
    path: '/settings/keys',
    open: async ({ page, m }) => {
      await button(page, m.webhooks_log).first().click();
      await layer(page);
      await page.getByRole('dialog').getByRole('listitem').getByRole('button').first().click();
      await page.getByText('webhook-id:').waitFor();
    },
  },
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

  { name: 'no-access', who: 'member', path: '/admin' },
  { name: 'admin-users', who: 'admin', path: '/admin' },
  { name: 'admin-invitations', who: 'admin', path: '/admin?tab=invitations' },
  { name: 'admin-reports', who: 'admin', path: '/admin?tab=reports' },
  { name: 'admin-jobs', who: 'admin', path: '/admin?tab=jobs' },
  { name: 'admin-ai', who: 'admin', path: '/admin?tab=ai' },
  {
    name: 'admin-ai-provider-new',
    who: 'admin',
    path: '/admin?tab=ai',
    open: press('admin_ai_provider_add'),
  },
  { name: 'admin-server', who: 'admin', path: '/admin?tab=server' },
  { name: 'admin-site', who: 'admin', path: '/admin?tab=site' },
];
