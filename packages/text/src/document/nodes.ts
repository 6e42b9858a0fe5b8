/** A mark of a stretch of text, as ProseMirror's JSON has it. */
export interface DocumentMark {
  type: string;
  attrs?: Record<string, unknown>;
}

/** A node of the document of the rich editor, as ProseMirror's JSON has it. */
export interface DocumentNode {
  type: string;
  attrs?: Record<string, unknown>;
  content?: DocumentNode[];
  text?: string;
  marks?: DocumentMark[];
}

/** Marks from the outside to the inside where they cover the same stretch. */
const MARK_ORDER = ['link', 'highlight', 'strike', 'italic', 'bold', 'code'];

export const rankOf = (mark: DocumentMark): number => MARK_ORDER.indexOf(mark.type);

export const markKey = (mark: DocumentMark): string =>
  mark.attrs ? `${mark.type} ${mark.attrs.href} ${mark.attrs.title}` : mark.type;

/** A string of an attribute; anything else is none. */
export function wordOf(node: DocumentNode | DocumentMark, name: string): string | null {
  const value = node.attrs?.[name];
  return typeof value === 'string' ? value : null;
}
