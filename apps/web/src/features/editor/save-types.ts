import type { ErrorCode } from '../../lib/errors.js';

export interface NoteText {
  title: string;
  content: string;
}

/** How an article that exists on this device only will be made on the server. */
export interface NewArticle {
  notebookId: string | null;
  tags: string[];
}

/** Text that the server has not confirmed, as it lies in IndexedDB. One per article and tab. */
export interface Draft extends NoteText {
  articleId: string;
  userId: string;
  tabId: string;
  baseRevision: number;
  /** The text of that revision, to merge with; null when it is not known. */
  baseText: NoteText | null;
  /** Milliseconds since 1970. */
  changedAt: number;
  /** Texts that were sent and whose answer never came: the server may hold any of them. */
  attempted: NoteText[];
  create: NewArticle | null;
  /** The server keeps this text as a losing revision already; it waits for a choice. */
  isConflict: boolean;
}

/** What the server holds. */
export interface ServerText extends NoteText {
  revision: number;
  savedAt: number;
}

export interface Conflict {
  theirs: ServerText;
  /** The text the server kept as a revision when it refused it. */
  kept: NoteText;
  /** What both were made from; null when this device does not know it. */
  base: NoteText | null;
}

export interface SaveFailure {
  code: ErrorCode;
  /** Failures in a row. */
  count: number;
  at: number;
  /** When it is tried again by itself; null: only after a change or on demand. */
  retryAt: number | null;
}

export interface SaveState {
  /** What the editor shows. */
  text: NoteText;
  /** Counts changes made here. */
  edits: number;
  /** Counts texts that replaced the editor's from outside; the editor follows it. */
  replacements: number;
  /** Counts merges with changes from elsewhere that needed no choice. */
  merges: number;
  /** What the server is known to hold; null before it is known or created. */
  confirmed: ServerText | null;
  /** The revision the text was written on. */
  base: number;
  /** The text of that revision; null when this device does not know it. */
  baseText: NoteText | null;
  create: NewArticle | null;
  /** The newest text that is safe on this device. */
  stored: { edits: number; text: NoteText } | null;
  storage: 'ok' | 'failed';
  changedAt: number;
  dirtySince: number | null;
  sending: { kind: 'create' | 'save'; text: NoteText; base: number } | null;
  /** Sent, outcome unknown. */
  uncertain: NoteText[];
  isFlushWanted: boolean;
  failure: SaveFailure | null;
  conflict: Conflict | null;
  /** Another text was chosen, and the newest own one still has to be kept on the server. */
  isYielding: boolean;
  /** The chosen text when it is neither side's, and the server's text it was made with. */
  resolution: { text: NoteText; theirs: ServerText } | null;
}

export type SaveEvent =
  | { type: 'edited'; text: NoteText; now: number }
  | { type: 'stored'; edits: number; text: NoteText; now: number }
  | { type: 'storeFailed'; now: number }
  | { type: 'tick'; now: number }
  | { type: 'flush'; now: number }
  | { type: 'retry'; now: number }
  | { type: 'created'; current: ServerText; now: number }
  | { type: 'saved'; revision: number; savedAt: number; now: number }
  | { type: 'refused'; current: ServerText; now: number }
  | {
      type: 'failed';
      code: ErrorCode;
      isTransient: boolean;
      retryAfterMs: number | null;
      now: number;
    }
  | { type: 'remote'; current: ServerText; now: number }
  | { type: 'choose'; choice: 'mine' | 'theirs'; now: number }
  | { type: 'choose'; choice: 'merged'; text: NoteText; now: number };

export type SaveEffect =
  /** Put the present text, base and attempts into this tab's draft, or remove it when all is saved. */
  | { type: 'store' }
  /** Remove drafts of this article that hold exactly this text. */
  | { type: 'discard'; text: NoteText }
  | { type: 'send'; kind: 'create' | 'save'; text: NoteText; base: number }
  /** Tell the lists and the other tabs. */
  | { type: 'announce'; current: ServerText };

export type SaveStatus =
  | 'saved'
  | 'saving'
  | 'unsaved'
  | 'offline'
  | 'failed'
  | 'conflict'
  /** The device refuses to store drafts: leaving now may lose text. */
  | 'unprotected';
