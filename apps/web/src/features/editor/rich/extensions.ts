import { type AnyExtension, Mark, markInputRule } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Code as CodeMark } from '@tiptap/extension-code';
import { Heading } from '@tiptap/extension-heading';
import { Italic } from '@tiptap/extension-italic';
import { BulletList, ListKeymap, OrderedList } from '@tiptap/extension-list';
import { Strike } from '@tiptap/extension-strike';
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';
import { Dropcursor, Gapcursor, TrailingNode } from '@tiptap/extensions';
import type { MarkType } from '@tiptap/pm/model';
import { FootnoteReference, InlineMath, MathBlock, Picture, RawInline, WikiLink } from './atoms.js';
import { Document, HardBreak, Link, Paragraph, Rule, Text } from './basics.js';
import { Callout, CalloutTitle, Code, Footnote, Item, RawBlock } from './blocks.js';
import { Keys } from './keys.js';
import { Paste } from './paste.js';
import { Suggest } from './suggest.js';
import { HeaderRow } from './table-tools.js';
import { History } from './undo.js';

/**
 * A stretch between two signs, right where the second one was typed. Chinese has no spaces between
 * words, so a mark may begin behind a character; not behind a Latin word, as in `3*4*5`.
 */
const between = (sign: string): RegExp => {
  const one = sign.slice(-1).replace(/[*`]/, '\\$&');
  const all = sign.replace(/[*`]/g, '\\$&');
  return new RegExp(`(?<![${one}\\w])${all}([^${one}\\s](?:[^${one}]*[^${one}\\s])?)${all}$`);
};
const typedAs =
  (...signs: string[]) =>
  (type: MarkType) =>
    signs.map((sign) => markInputRule({ find: between(sign), type }));
const rules = {
  bold: typedAs('**', '__'),
  italic: typedAs('*', '_'),
  strike: typedAs('~~'),
  code: typedAs('`'),
  highlight: typedAs('=='),
};

/** `==text==` */
const Highlight = Mark.create({
  name: 'highlight',
  parseHTML: () => [{ tag: 'mark' }],
  renderHTML: () => ['mark', 0],
  addInputRules() {
    return rules.highlight(this.type);
  },
});

/** Whether an empty line stands between the items. */
const spread = { spread: { default: false, rendered: false } };

/** The nodes, marks and keys of the rich editor. Their JSON is that of `@ainotebook/text/document`. */
export const extensions: AnyExtension[] = [
  Document,
  Paragraph,
  Text,
  Heading,
  Blockquote,
  Rule,
  HardBreak,
  Link,
  Bold.extend({
    addPasteRules: () => [],
    addInputRules() {
      return rules.bold(this.type);
    },
  }),
  Italic.extend({
    addPasteRules: () => [],
    addInputRules() {
      return rules.italic(this.type);
    },
  }),
  Strike.extend({
    addPasteRules: () => [],
    addInputRules() {
      return rules.strike(this.type);
    },
  }),
  // Bold code is bold in Markdown too.
  CodeMark.extend({
    excludes: '',
    addPasteRules: () => [],
    addInputRules() {
      return rules.code(this.type);
    },
  }),
  Highlight,
  Code,
  BulletList.extend({ addAttributes: () => spread }),
  OrderedList.extend({
    addAttributes() {
      return { ...this.parent?.(), ...spread };
    },
  }),
  ListKeymap,
  Item,
  Callout,
  CalloutTitle,
  Footnote,
  RawBlock,
  WikiLink,
  FootnoteReference,
  RawInline,
  Picture,
  InlineMath,
  MathBlock,
  Table.configure({ renderWrapper: true }),
  TableRow,
  // A cell of Markdown is one line.
  TableHeader.extend({ content: 'paragraph' }),
  TableCell.extend({ content: 'paragraph' }),
  History,
  Gapcursor,
  Dropcursor.configure({ color: 'var(--accent)', width: 2 }),
  TrailingNode,
  HeaderRow,
  Suggest,
  Paste,
  Keys,
];
