// The shop as its administrator sees it, fetched with its first tab.
export { CodesTab } from '../features/shop/codes-tab.js';
export { GrantsDialog } from '../features/shop/grants-dialog.js';
export { InvoicesTab } from '../features/shop/invoices-tab.js';
export { OrdersTab } from '../features/shop/orders-tab.js';
export { PlansTab } from '../features/shop/plans-tab.js';
export { RevenueTab } from '../features/shop/revenue-tab.js';
