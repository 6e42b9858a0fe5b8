/** What is looked for in a note. */
export interface FindQuery {
  text: string;
  isCaseSensitive: boolean;
}

/** How an editor finds; both answer to the same bar. */
export interface Finder {
  /** Marks what is found and selects the first of it from the caret on. */
  search: (query: FindQuery) => void;
  /** Selects the next or the previous one, around the ends. */
  step: (by: 1 | -1) => void;
  /** Replaces the selected one and selects the next. */
  replace: (text: string) => void;
  /** Replaces all in one step of undo. */
  replaceAll: (text: string) => void;
  /** How many there are, and which one is selected: from 1 on, 0 for none. */
  state: () => { count: number; current: number };
  /** The selected words, where they are a line at most. */
  selected: () => string;
  /** Calls back after changes of text or selection. Returns the undo. */
  subscribe: (listener: () => void) => () => void;
  /** Takes the marks away and goes back to the text. */
  close: () => void;
}
