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
  | 'table';

/** An editor as the tools around it see it. */
export interface EditorHandle {
  focus: () => void;
  act: (action: EditorAction) => void;
  /** What holds at the selection, as one list for as long as it holds. */
  active: () => readonly string[];
  /** Calls back after changes of text or selection. Returns the undo. */
  subscribe: (listener: () => void) => () => void;
}
