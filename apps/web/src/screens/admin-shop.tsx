// The shop as its administrator sees it, fetched with its first tab.
export { PlansTab } from '../features/shop/plans-tab.js';
