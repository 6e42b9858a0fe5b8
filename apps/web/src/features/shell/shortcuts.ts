/** The window's shortcuts by what they do: menus, hints and the sheet all read them here. */
export const SHORTCUTS = {
  search: 'mod+k',
  newNote: 'mod+alt+n',
  toggleSidebar: 'mod+\\',
  focusMode: 'mod+.',
  toggleTheme: 'mod+shift+l',
  showShortcuts: 'mod+/',
} as const;

/** The same without a modifier, outside fields; a preference turns them off. */
export const SINGLE_KEYS = { search: '/', newNote: 'n', showShortcuts: '?' } as const;
