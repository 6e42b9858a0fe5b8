// What people buy, and the shop as its administrator sees it.

import { button, layer, press } from '../screen-steps.mjs';

const buy = async ({ page, m }) => {
  await button(page, m.pricing_buy.replace('{plan}', '工作室版')).click();
  await layer(page);
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

  { name: 'admin-plans', who: 'admin', path: '/admin?tab=plans' },
  {
    name: 'admin-plan-new',
    who: 'admin',
    path: '/admin?tab=plans',
    open: press('shop_plan_new'),
  },
];
