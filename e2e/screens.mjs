// Every screen and state of the web app and the pages beside it, for axe and for pictures. A new screen
// is a new line in a file of `screens/`: `who` opens it, `path` leads to it, `open` goes on to the state.

import { ARRIVING } from './screens/arriving.mjs';
import { CHAT } from './screens/chat.mjs';
import { FINDING } from './screens/finding.mjs';
import { LIBRARY } from './screens/library.mjs';
import { MONEY } from './screens/money.mjs';
import { PUBLIC } from './screens/public.mjs';
import { SETTINGS } from './screens/settings.mjs';
import { WRITING } from './screens/writing.mjs';

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
  ...PUBLIC,
  ...ARRIVING,
  ...LIBRARY,
  ...FINDING,
  ...CHAT,
  ...WRITING,
  ...SETTINGS,
  ...MONEY,
];
