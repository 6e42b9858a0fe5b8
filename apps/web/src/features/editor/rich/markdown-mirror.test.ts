import { writeDocument } from '@ainotebook/text/document';
import { TRICKY } from '@ainotebook/text/fixtures';
import { getSchema } from '@tiptap/core';
import { EditorState, TextSelection } from '@tiptap/pm/state';
import { describe, expect, it } from 'vitest';
import { extensions } from './extensions.js';
import { follow } from './follow.js';
import { MarkdownMirror } from './markdown-mirror.js';

const schema = getSchema(extensions);

function open(markdown: string) {
  const mirror = new MarkdownMirror(schema);
  const state = EditorState.create({ doc: mirror.read(markdown) });
  return { mirror, state };
}

/** The place right behind a word. */
function behind(state: EditorState, word: string): number {
  let found = -1;
  state.doc.descendants((node, pos) => {
    const at = node.isText ? (node.text?.indexOf(word) ?? -1) : -1;
    if (at >= 0 && found < 0) found = pos + at + word.length;
  });
  if (found < 0) throw new Error(`no ${word}`);
  return found;
}

describe.each(TRICKY)('%s', (_, markdown) => {
  it('is a valid document that says the very same Markdown', () => {
    const { mirror, state } = open(markdown);
    expect(() => state.doc.check()).not.toThrow();
    expect(mirror.write(state.doc)).toBe(markdown);
  });

  it('is written block by block as in one piece', () => {
    const { state } = open(markdown);
    const fresh = new MarkdownMirror(schema);
    expect(fresh.write(state.doc)).toBe(writeDocument(state.doc.toJSON().content));
  });

  it('stays what it is between new neighbours', () => {
    const { mirror, state } = open(markdown);
    const paragraph = (text: string) => schema.node('paragraph', null, schema.text(text));
    const tr = state.tr.insert(state.doc.content.size, paragraph('尾'));
    tr.insert(0, paragraph('头'));
    const written = mirror.write(tr.doc);
    const again = new MarkdownMirror(schema).read(written);
    const normal = new MarkdownMirror(schema);
    expect(normal.write(again)).toBe(normal.write(tr.doc));
  });
});

const NOTE = '标题\n===\n\n*  一\n*  二\n\n\n一段 __粗__ 话\n\n***\n\n| a|b |\n|--|--|\n|1|2|\n';

describe('what nobody touched', () => {
  it('keeps its source while a paragraph beside it is written', () => {
    const { mirror, state } = open(NOTE);
    const tr = state.tr.insertText('的', behind(state, '粗'));
    expect(mirror.write(tr.doc)).toBe(NOTE.replace('\n一段 __粗__ 话', '一段 **粗的** 话'));
  });

  it('keeps its source when an empty paragraph comes and goes', () => {
    const { mirror, state } = open(NOTE);
    const tr = state.tr.insert(state.doc.content.size, schema.node('paragraph'));
    expect(mirror.write(tr.doc)).toBe(NOTE);
  });

  it('goes, and the rest stays as it is', () => {
    const { mirror, state } = open('一\n\n* 二\n\n三\n===\n');
    const list = state.doc.child(0).nodeSize;
    const tr = state.tr.delete(list, list + state.doc.child(1).nodeSize);
    expect(mirror.write(tr.doc)).toBe('一\n\n三\n===\n');
  });
});

describe('a text from elsewhere', () => {
  const after = (from: string, to: string, caret: string) => {
    const { mirror, state } = open(from);
    const at = state.apply(
      state.tr.setSelection(TextSelection.create(state.doc, behind(state, caret))),
    );
    const tr = follow(at, mirror, to);
    const next = tr ? at.apply(tr) : at;
    return { mirror, next, before: at, tr };
  };

  it('is taken over with the caret where it was', () => {
    const { mirror, next } = after('一。\n\n二。\n\n三。', '一一。\n\n二。\n\n新。\n\n三！', '二');
    expect(mirror.write(next.doc)).toBe('一一。\n\n二。\n\n新。\n\n三！');
    expect(next.selection.from).toBe(behind(next, '二'));
  });

  it('leaves the caret in its place of the paragraph that changed', () => {
    const { next } = after('前面的话，后面。', '前面的话，更后面。', '前面');
    expect(next.selection.from).toBe(behind(next, '前面'));
  });

  it('leaves the empty paragraph in which somebody is about to write', () => {
    const { mirror, state } = open('一\n\n二');
    const empty = state.tr.insert(state.doc.content.size, schema.node('paragraph'));
    empty.setSelection(TextSelection.atEnd(empty.doc));
    const at = state.apply(empty);
    const tr = follow(at, mirror, '一一\n\n二');
    const next = tr ? at.apply(tr) : at;
    expect(next.doc.childCount).toBe(3);
    expect(next.selection.$from.parent.content.size).toBe(0);
  });

  it('changes nothing where the document says it already', () => {
    expect(after('一\n\n* 二', '一\n\n- 二', '一').tr).toBeNull();
  });

  it.each(TRICKY)('whatever it is: %s', (_, markdown) => {
    const { mirror, next } = after('先前的话\n\n- 单', markdown, '先前');
    expect(() => next.doc.check()).not.toThrow();
    expect(mirror.write(next.doc)).toBe(markdown);
  });

  it.each(TRICKY)('whatever it was: %s', (_, markdown) => {
    const { mirror, state } = open(markdown);
    const tr = follow(state, mirror, '后来的话\n\n- 单');
    expect(mirror.write(tr?.doc ?? state.doc)).toBe('后来的话\n\n- 单');
  });
});
