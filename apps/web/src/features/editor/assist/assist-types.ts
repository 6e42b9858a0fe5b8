/** The Markdown that is worked on, empty where nothing is selected, and what stands around it. */
export interface Passage {
  text: string;
  before: string;
  after: string;
}

/** Whether a text takes the place of the passage, goes on where it ends, or stands below its block. */
export type Placing = 'replace' | 'continue' | 'below';

/** Markdown that was accepted, with what it took the place of. */
export interface Taken {
  text: string;
  replaced: string;
}

/** An editor as the panel of the assistant sees it. Nothing of the note changes before it is accepted. */
export interface AssistSurface {
  /** What was selected when this was made. */
  passage: Passage;
  /** Shows a text that is still being written. */
  preview: (markdown: string, placing: Placing) => void;
  /** Shows, change by change, what a text would make of the note. */
  review: (markdown: string, placing: Placing) => void;
  /** Changes that nobody has decided on. */
  openChanges: () => number;
  /** Whether somebody wrote in the passage while the text was written. */
  isTouched: () => boolean;
  /** All that are open: one step for undo. */
  accept: () => void;
  /** All that are open; the note stays as it is. */
  reject: () => void;
  /** Calls back after changes of the text and of what is open. Returns the undo. */
  subscribe: (listener: () => void) => () => void;
  /** Calls back with what was accepted, each time something is. Returns the undo. */
  onTaken: (listener: (taken: Taken) => void) => () => void;
  /** Rejects what is open and gives the focus back to the text. */
  end: () => void;
}
