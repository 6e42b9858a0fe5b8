import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags as t } from '@lezer/highlight';

const theme = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--ink)', fontSize: 'var(--reading-size)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--reading-font)', lineHeight: '1.85', overflow: 'visible' },
  '.cm-content': { padding: '0.25rem 0 40vh', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 1px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground':
    { backgroundColor: 'color-mix(in oklch, var(--accent) 22%, transparent)' },
  '.cm-placeholder': { color: 'var(--ink-3)' },
  '.cm-searchMatch': { backgroundColor: 'var(--mark)', borderRadius: '2px' },
  '.cm-searchMatch-selected': { outline: '2px solid var(--accent)' },
  '.cm-line.md-code, .cm-line.md-table': {
    fontFamily: 'var(--font-mono)',
    fontSize: '0.9em',
    lineHeight: '1.7',
  },
  // Columns line up only when every sign is as wide as the next.
  '.cm-line.md-table span': { fontSize: 'inherit' },
  '.cm-line.md-code': { backgroundColor: 'var(--paper-3)', padding: '0 0.9rem' },
  '.cm-line.md-code span': { color: 'var(--ink-2)' },
  '.cm-line.md-code-first': { borderRadius: '10px 10px 0 0', paddingTop: '0.35rem' },
  '.cm-line.md-code-last': { borderRadius: '0 0 10px 10px', paddingBottom: '0.35rem' },
  '.cm-line.md-code-first.md-code-last': { borderRadius: '10px' },
  '.cm-line.md-quote': {
    borderLeft: '3px solid var(--line-strong)',
    paddingLeft: '0.9rem',
    color: 'var(--ink-2)',
  },
  '.cm-line.md-heading': { paddingTop: '0.5em' },
  '.cm-panels': { backgroundColor: 'var(--paper-2)', color: 'var(--ink)', zIndex: '5' },
  // It holds nothing but the right to draw marks.
  '.cm-panels-top': { display: 'none' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)', fontFamily: 'var(--font-sans)' },
  '.cm-textfield': {
    backgroundColor: 'var(--paper)',
    border: '1px solid var(--line-strong)',
    borderRadius: '8px',
    padding: '0.25rem 0.6rem',
    fontSize: '0.8125rem',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--paper)',
    border: '1px solid var(--line-strong)',
    borderRadius: '8px',
    padding: '0.22rem 0.6rem',
    fontSize: '0.8125rem',
    cursor: 'pointer',
  },
});

const heading = { fontWeight: '680', lineHeight: '1.5', letterSpacing: '-0.005em' };

const highlight = HighlightStyle.define([
  { tag: t.heading1, fontSize: '1.6em', ...heading },
  { tag: t.heading2, fontSize: '1.35em', ...heading },
  { tag: t.heading3, fontSize: '1.15em', ...heading },
  { tag: [t.heading4, t.heading5, t.heading6], ...heading },
  { tag: t.strong, fontWeight: '680' },
  { tag: t.emphasis, fontStyle: 'italic' },
  { tag: t.strikethrough, textDecoration: 'line-through', color: 'var(--ink-3)' },
  { tag: t.link, color: 'var(--accent)' },
  { tag: t.url, color: 'var(--ink-3)' },
  {
    tag: t.monospace,
    fontFamily: 'var(--font-mono)',
    fontSize: '0.92em',
    color: 'var(--accent-strong)',
  },
  // The signs of Markdown step back behind the words.
  { tag: [t.processingInstruction, t.labelName], color: 'var(--ink-3)', fontWeight: '400' },
  { tag: t.contentSeparator, color: 'var(--ink-3)' },
  { tag: t.atom, color: 'var(--accent)' },
  { tag: t.comment, color: 'var(--ink-3)' },
]);

/** How Markdown source looks while it is written. */
export const editorTheme: Extension = [theme, syntaxHighlighting(highlight)];
