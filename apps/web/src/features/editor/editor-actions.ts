import type { Finder } from './find-types.js';

/** What the tools of every editor of notes do. */
export type EditorAction =
  | 'bold'
  | 'italic'
  | 'strike'
  | 'heading1'
  | 'heading2'
  | 'heading3'
  | 'list'
  | 'ordered'
  | 'task'
  | 'quote'
  | 'code'
  | 'link'
  | 'table'
  /** Picks files to upload. */
  | 'upload'
  | 'undo'
  | 'redo'
  /** The next level: text, 1, 2, 3 and text again. */
  | 'heading'
  | 'indent'
  | 'outdent'
  /** Asks for help with what is selected. */
  | 'assist';

/** A heading of the text. */
export interface OutlineEntry {
  /** 1 to 6 */
  level: number;
  text: string;
  /** Where it begins, as the source of the outline counts. */
  pos: number;
}

/** Where the outline comes from, and where it leads. */
export interface OutlineSource {
  read: () => OutlineEntry[];
  /** How far below the top of the window a heading is, in pixels; null where there is none any more. */
  topOf: (pos: number) => number | null;
  /** Scrolls there and puts the caret into the heading. */
  goTo: (pos: number) => void;
  /** Calls back after changes of the text. Returns the undo. */
  subscribe: (listener: () => void) => () => void;
}

/** A file of this server that a text is to show or to lead to. */
export interface InsertedFile {
  url: string;
  name: string;
  isPicture: boolean;
}

/** An editor as the tools around it see it. */
export interface EditorHandle {
  /** At the beginning of the text, or where the selection is. */
  focus: (where?: 'start' | 'selection') => void;
  /** Puts a file where the selection is. */
  insertFile: (file: InsertedFile) => void;
  /** Says what the pictures with an address show. */
  describe: (url: string, alt: string) => void;
  /** Puts the caret where a point of the window is. */
  caretTo: (point: { left: number; top: number }) => void;
  act: (action: EditorAction) => void;
  /** What holds at the selection, as one list for as long as it holds. */
  active: () => readonly string[];
  /** Calls back after changes of text or selection. Returns the undo. */
  subscribe: (listener: () => void) => () => void;
  /** Its headings; null before it has its text. */
  outline: () => Promise<OutlineSource | null>;
  /** Begins to find something in it; null before it has its text. */
  find: () => Promise<Finder | null>;
}
