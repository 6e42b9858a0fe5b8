// What people buy, and the shop as its administrator sees it.

import { button, layer, press } from '../screen-steps.mjs';

const buy = async ({ page, m }) => {
  await button(page, m.pricing_buy.replace('{plan}', '工作室版')).click();
  await layer(page);
};

const openOrder = async ({ page }) => {
  await page.locator('main li button').filter({ hasText: '专业版' }).first().click();
  await page.getByRole('dialog').locator('ol').waitFor();
};

/** @type {import('../screens.mjs').Screen[]} */
export const MONEY = [
  { name: 'pricing', who: 'newcomer', path: '/pricing' },
  { name: 'pricing-held', who: 'member', path: '/pricing' },
  { name: 'checkout', who: 'newcomer', path: '/pricing', open: buy },
  {
    name: 'checkout-code',
    who: 'newcomer',
    path: '/pricing',
    // A telephone is sent on to the channel instead.
    isWideOnly: true,
    open: async (visit) => {
      await buy(visit);
      const { page } = visit;
      await page.getByRole('dialog').locator('button').filter({ hasText: '¥' }).click();
      await page.getByRole('timer').waitFor();
      await page.getByRole('dialog').getByRole('img').waitFor();
    },
  },
  { name: 'settings-plan', who: 'member', path: '/settings/plan' },
  { name: 'settings-plan-none', who: 'newcomer', path: '/settings/plan' },
  { name: 'orders', who: 'member', path: '/orders' },
  { name: 'orders-empty', who: 'admin', path: '/orders' },
  { name: 'order-receipt', who: 'member', path: (world) => `/orders?id=${world.orderId}` },
  {
    name: 'order-invoice',
    who: 'member',
    path: (world) => `/orders?id=${world.orderId}`,
    open: press('invoice_change'),
  },

  { name: 'admin-plans', who: 'admin', path: '/admin?tab=plans' },
  {
    name: 'admin-plan-new',
    who: 'admin',
    path: '/admin?tab=plans',
    open: press('shop_plan_new'),
  },
  { name: 'admin-orders', who: 'admin', path: '/admin?tab=orders' },
  { name: 'admin-order', who: 'admin', path: '/admin?tab=orders', open: openOrder },
  {
    name: 'admin-notice',
    who: 'admin',
    path: '/admin?tab=orders',
    open: async (visit) => {
      await openOrder(visit);
      const sheet = visit.page.getByRole('dialog');
      await sheet.locator('summary').first().click();
      await sheet.locator('pre').first().waitFor();
    },
  },
  {
    name: 'admin-refund',
    who: 'admin',
    path: '/admin?tab=orders',
    open: async (visit) => {
      await openOrder(visit);
      await button(visit.page, visit.m.shop_refund).click();
      await visit.page.getByLabel(visit.m.shop_reason, { exact: true }).waitFor();
    },
  },
  { name: 'admin-invoices', who: 'admin', path: '/admin?tab=invoices' },
  {
    name: 'admin-invoice-answer',
    who: 'admin',
    path: '/admin?tab=invoices',
    open: press('shop_invoice_answer'),
  },
  { name: 'admin-codes', who: 'admin', path: '/admin?tab=codes' },
  { name: 'admin-revenue', who: 'admin', path: '/admin?tab=revenue' },
  {
    name: 'admin-grants',
    who: 'admin',
    path: '/admin',
    open: async ({ page, m }) => {
      await button(page, m.admin_actions.replace('{name}', 'Demo')).click();
      await page.getByRole('menuitem', { name: m.admin_user_plan }).click();
      await page.getByRole('dialog').locator('select').first().waitFor();
    },
  },
];
