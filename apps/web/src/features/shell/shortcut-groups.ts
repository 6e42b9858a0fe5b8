import { m } from '@ainotebook/messages';
import { SHORTCUTS, SINGLE_KEYS } from './shortcuts.js';

interface ShortcutGroup {
  title: string;
  rows: { label: string; keys: string[]; singleKey?: string }[];
}

/** Every shortcut there is, in the order of the sheet. */
export function shortcutGroups(): ShortcutGroup[] {
  return [
    {
      title: m.shortcuts_group_window(),
      rows: [
        { label: m.nav_search(), keys: [SHORTCUTS.search], singleKey: SINGLE_KEYS.search },
        { label: m.nav_new_note(), keys: [SHORTCUTS.newNote], singleKey: SINGLE_KEYS.newNote },
        { label: m.nav_toggle_sidebar(), keys: [SHORTCUTS.toggleSidebar] },
        { label: m.focus_mode(), keys: [SHORTCUTS.focusMode] },
        { label: m.page_theme_toggle(), keys: [SHORTCUTS.toggleTheme] },
        { label: m.shortcuts_toasts(), keys: ['alt+t'] },
        {
          label: m.shortcuts_title(),
          keys: [SHORTCUTS.showShortcuts],
          singleKey: SINGLE_KEYS.showShortcuts,
        },
      ],
    },
    {
      title: m.shortcuts_group_lists(),
      rows: [
        { label: m.shortcuts_move(), keys: ['up', 'down'], singleKey: 'j' },
        { label: m.shortcuts_open(), keys: ['enter'] },
        { label: m.shortcuts_select(), keys: [], singleKey: 'x' },
        { label: m.shortcuts_select_more(), keys: ['shift+down', 'shift+up'] },
        { label: m.shortcuts_select_all(), keys: ['mod+a'] },
        { label: m.shortcuts_fold(), keys: ['right', 'left'] },
        { label: m.common_rename(), keys: ['F2'] },
        { label: m.common_delete(), keys: ['Delete'] },
        { label: m.common_close(), keys: ['escape'] },
      ],
    },
    {
      title: m.shortcuts_group_editor(),
      rows: [
        { label: m.shortcuts_save(), keys: ['mod+s'] },
        { label: m.editor_preview(), keys: ['mod+alt+p'] },
        { label: m.editor_source(), keys: ['mod+alt+m'] },
        { label: m.outline_title(), keys: ['mod+alt+o'] },
        { label: m.find_in_note(), keys: ['mod+f'] },
        { label: m.shortcuts_find_next(), keys: ['enter', 'shift+enter'] },
        { label: m.tool_bold(), keys: ['mod+b'] },
        { label: m.tool_italic(), keys: ['mod+i'] },
        { label: m.tool_strike(), keys: ['mod+shift+x'] },
        { label: m.tool_code(), keys: ['mod+e'] },
        { label: m.shortcuts_link(), keys: ['mod+k'] },
        { label: m.shortcuts_headings(), keys: ['mod+alt+1–3'] },
        { label: m.tool_ordered(), keys: ['mod+shift+7'] },
        { label: m.tool_list(), keys: ['mod+shift+8'] },
        { label: m.tool_quote(), keys: ['mod+shift+9'] },
        { label: m.shortcuts_task(), keys: ['mod+enter'] },
        { label: m.shortcuts_block_move(), keys: ['mod+alt+up', 'alt+shift+up'] },
        { label: m.block_handle(), keys: ['alt+enter'] },
        { label: m.common_undo(), keys: ['mod+z'] },
      ],
    },
  ];
}
