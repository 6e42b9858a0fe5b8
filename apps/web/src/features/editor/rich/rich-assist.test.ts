import { TRICKY } from '@ainotebook/text/fixtures';
import { Editor } from '@tiptap/core';
import { Fragment } from '@tiptap/pm/model';
import { TextSelection } from '@tiptap/pm/state';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Placing } from '../assist/assist-types.js';
import { act } from './actions.js';
import { blocksOf, sourcesIn } from './assist-changes.js';
import { extensions } from './extensions.js';
import { MarkdownMirror } from './markdown-mirror.js';
import { assistIn } from './rich-assist.js';

const opened: Editor[] = [];
afterEach(() => {
  for (const editor of opened.splice(0)) editor.destroy();
});

function open(markdown: string) {
  const made: { mirror?: MarkdownMirror } = {};
  const editor = new Editor({
    element: document.createElement('div'),
    extensions,
    injectCSS: false,
    onBeforeCreate({ editor }) {
      made.mirror = new MarkdownMirror(editor.schema);
      editor.options.content = made.mirror.json(markdown);
    },
  });
  opened.push(editor);
  const { mirror } = made;
  if (!mirror) throw new Error('no mirror');
  mirror.attach(editor.state.doc, markdown);
  return {
    editor,
    written: () => mirror.write(editor.state.doc),
    select: (from: number, to = from) => {
      const { doc, tr } = editor.state;
      const selection = TextSelection.between(doc.resolve(from), doc.resolve(to));
      editor.view.dispatch(tr.setSelection(selection));
    },
    /** Selects these words. */
    selectWords(words: string) {
      let at = -1;
      editor.state.doc.descendants((node, pos) => {
        const found = node.isText ? (node.text?.indexOf(words) ?? -1) : -1;
        if (found >= 0 && at < 0) at = pos + found;
      });
      if (at < 0) throw new Error(`no ${words}`);
      this.select(at, at + words.length);
    },
    buttons: (kind: 'accept' | 'reject') => [
      ...editor.view.dom.querySelectorAll<HTMLButtonElement>(`.is-${kind}`),
    ],
    marked: (selector: string) =>
      [...editor.view.dom.querySelectorAll(selector)].map((dom) => dom.textContent),
  };
}

const notes = TRICKY.map(([, markdown]) => markdown);
const text = fc.oneof(
  fc.constantFrom(...notes),
  fc.constantFrom('好。', '第一段。\n\n第二段。', '- 一\n- 二', '# 题\n\n话。', ''),
);
const placing = fc.constantFrom<Placing>('replace', 'continue', 'below');
const place = fc.tuple(fc.nat(), fc.nat());

describe('what an assistant writes, over any note, at any place', () => {
  it('leaves the note as it is, character by character, until it is accepted', () => {
    fc.assert(
      fc.property(text, text, placing, place, (note, said, where, [a, b]) => {
        const { editor, written, select } = open(note);
        const size = editor.state.doc.content.size;
        select(a % (size + 1), b % (size + 1));
        // A line that comes by itself below a list is in the history.
        const [before, hasHistory] = [editor.state.doc, editor.can().undo()];
        const surface = assistIn(editor);
        surface.preview(said.slice(0, said.length / 2), where);
        surface.preview(said, where);
        surface.review(said, where);
        expect(written()).toBe(note);
        surface.reject();
        surface.end();
        expect(editor.state.doc).toBe(before);
        expect(written()).toBe(note);
        expect(editor.can().undo()).toBe(hasHistory);
      }),
      { numRuns: 120 },
    );
  });

  it('is all of it there once it is accepted, and one undo takes it back', () => {
    fc.assert(
      fc.property(text, text, placing, place, (note, said, where, [a, b]) => {
        const { editor, select } = open(note);
        const size = editor.state.doc.content.size;
        select(a % (size + 1), b % (size + 1));
        const before = editor.state.doc;
        const surface = assistIn(editor);
        surface.review(said, where);
        const isChange = surface.openChanges() > 0;
        surface.accept();
        expect(surface.openChanges()).toBe(0);
        surface.end();
        expect(() => editor.state.doc.check()).not.toThrow();
        if (isChange) act(editor, 'undo');
        expect(editor.state.doc.toString()).toBe(before.toString());
        expect(editor.state.doc.eq(before)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  it('makes of whole blocks the very blocks that were written', () => {
    fc.assert(
      fc.property(text, text, (note, said) => {
        const { editor } = open(note);
        const { doc } = editor.state;
        const known = sourcesIn(doc, { from: 0, to: doc.content.size });
        const blocks = blocksOf(editor.schema, said, known);
        fc.pre(blocks.length > 0);
        const wanted = Fragment.from(blocks);
        editor.commands.selectAll();
        const surface = assistIn(editor);
        surface.review(said, 'replace');
        surface.accept();
        surface.end();
        const { content } = editor.state.doc;
        const words = (fragment: Fragment) => fragment.textBetween(0, fragment.size, '\n', ' ');
        expect(words(content).trim()).toBe(words(wanted).trim());
      }),
      { numRuns: 80 },
    );
  });
});

describe('a rewrite', () => {
  it('is shown word by word, in Chinese as well, with buttons for each change', () => {
    const note = open('岩茶要用沸水冲泡，水温低了香气出不来。\n');
    note.select(1, note.editor.state.doc.firstChild?.nodeSize);
    const surface = assistIn(note.editor);
    expect(surface.passage.text).toBe('岩茶要用沸水冲泡，水温低了香气出不来。');
    surface.review('岩茶要用滚水冲泡，水温低了香味出不来。', 'replace');
    expect(note.marked('del')).toEqual(['沸水', '香气']);
    expect(note.marked('.assist-added')).toEqual(['滚水', '香味']);
    note.buttons('accept')[0]?.click();
    expect(note.written()).toBe('岩茶要用滚水冲泡，水温低了香气出不来。\n');
    note.buttons('reject')[0]?.click();
    expect(surface.openChanges()).toBe(0);
    expect(note.written()).toBe('岩茶要用滚水冲泡，水温低了香气出不来。\n');
    act(note.editor, 'undo');
    expect(note.written()).toBe('岩茶要用沸水冲泡，水温低了香气出不来。\n');
  });

  it('tells the passage as it is once some of it is accepted, and as it was', () => {
    const note = open('前面。\n\n岩茶要用沸水冲泡，水温低了香气出不来。\n');
    note.selectWords('岩茶要用沸水冲泡，水温低了香气出不来。');
    const surface = assistIn(note.editor);
    const taken: unknown[] = [];
    surface.onTaken((one) => taken.push(one));
    surface.review('岩茶要用滚水冲泡，水温低了香味出不来。', 'replace');
    note.buttons('reject')[1]?.click();
    expect(taken).toEqual([]);
    note.buttons('accept')[0]?.click();
    expect(taken).toEqual([
      {
        text: '岩茶要用滚水冲泡，水温低了香气出不来。',
        replaced: '岩茶要用沸水冲泡，水温低了香气出不来。',
      },
    ]);
    surface.end();
    note.select(2);
    const below = assistIn(note.editor);
    below.onTaken((one) => taken.push(one));
    below.review('- 一\n- 二', 'below');
    below.accept();
    expect(taken.at(-1)).toEqual({ text: '- 一\n- 二', replaced: '' });
  });

  it('is one step of its own for undo, apart from what was typed right before and after', () => {
    const note = open('甲乙丙丁\n');
    note.select(5);
    note.editor.view.dispatch(note.editor.state.tr.insertText('戊'));
    note.select(1, 6);
    const surface = assistIn(note.editor);
    surface.review('子丑寅卯', 'replace');
    surface.accept();
    surface.end();
    note.editor.view.dispatch(note.editor.state.tr.insertText('辰'));
    expect(note.written()).toBe('子丑寅卯辰\n');
    act(note.editor, 'undo');
    expect(note.written()).toBe('子丑寅卯\n');
    act(note.editor, 'undo');
    expect(note.written()).toBe('甲乙丙丁戊\n');
    act(note.editor, 'undo');
    expect(note.written()).toBe('甲乙丙丁\n');
  });

  it('of several blocks changes the blocks that differ and leaves the others their source', () => {
    const source = '# 茶 #\n\n* 一\n* 二\n\n末尾。\n';
    const note = open(source);
    note.editor.commands.selectAll();
    const surface = assistIn(note.editor);
    surface.review('# 茶\n\n- 一\n- 贰\n\n末尾。', 'replace');
    expect(note.marked('del')).toEqual(['二']);
    surface.accept();
    expect(note.written()).toBe('# 茶 #\n\n- 一\n- 贰\n\n末尾。\n');
  });

  it('does not offer what somebody wrote over meanwhile', () => {
    const note = open('岩茶要用沸水冲泡，水温低了香气出不来。\n');
    note.selectWords('岩茶要用沸水冲泡，水温低了香气出不来。');
    const surface = assistIn(note.editor);
    surface.preview('岩茶', 'replace');
    expect(surface.isTouched()).toBe(false);
    surface.review('岩茶要用滚水冲泡，水温低了香味出不来。', 'replace');
    note.selectWords('沸水');
    note.editor.view.dispatch(note.editor.state.tr.insertText('开水'));
    expect(surface.isTouched()).toBe(true);
    expect(note.marked('del')).toEqual(['香气']);
    surface.accept();
    expect(note.written()).toBe('岩茶要用开水冲泡，水温低了香味出不来。\n');
  });

  it('brings no picture and no HTML that was not in the passage', () => {
    const note = open('看 ![茶](/api/files/1) 好。\n');
    note.editor.commands.selectAll();
    const surface = assistIn(note.editor);
    const spy = '![偷看](https://example.org/spy.png) <img src="https://example.org/spy">';
    surface.preview(`看看 ![茶](/api/files/1) 好。${spy}`, 'replace');
    surface.review(`看看 ![茶](/api/files/1) 好。${spy}`, 'replace');
    expect(note.marked('.assist-added').join()).toContain('偷看');
    surface.accept();
    const shown = [...note.editor.view.dom.querySelectorAll('img')].map((img) => img.src);
    expect(shown.join()).not.toContain('example.org');
    expect(note.written()).toContain('看看 ![茶](/api/files/1) 好。');
    expect(note.written()).not.toMatch(/!\[偷看|(?<!\\)<img/);
  });
});

describe('a text that is new', () => {
  it.each([
    [
      'goes on where the caret is',
      '岩茶要用沸水\n',
      '，因为水温低了香气出不来。',
      '岩茶要用沸水，因为水温低了香气出不来。\n',
    ],
    [
      'stands apart from a Latin word',
      'Use boiling\n',
      'water for it.',
      'Use boiling water for it.\n',
    ],
    ['may have several blocks', '甲\n', '乙\n\n- 丙', '甲乙\n\n- 丙\n'],
  ])('%s', (_, before, said, after) => {
    const note = open(before);
    note.select((note.editor.state.doc.firstChild?.nodeSize ?? 2) - 1);
    const surface = assistIn(note.editor);
    surface.review(said, 'continue');
    surface.accept();
    expect(note.written()).toBe(after);
  });

  it('takes the place of an empty line, and of nothing in a cell but words', () => {
    const note = open('');
    note.select(1);
    const surface = assistIn(note.editor);
    surface.review('# 题\n\n- 一', 'continue');
    surface.accept();
    expect(note.written().trim()).toBe('# 题\n\n- 一');
    const table = open('| 甲 | 乙 |\n| --- | --- |\n| 丙 | 丁 |\n');
    table.selectWords('丙');
    const inCell = assistIn(table.editor);
    inCell.review('- 一\n- 二\n\n三', 'replace');
    inCell.accept();
    expect(table.written()).toBe('| 甲     | 乙 |\n| ----- | - |\n| 一 二 三 | 丁 |\n');
  });

  it('below stands behind the block it was made for', () => {
    const note = open('第一段。\n\n第二段。\n');
    note.selectWords('一');
    const surface = assistIn(note.editor);
    surface.review('- 要点', 'below');
    surface.accept();
    expect(note.written()).toBe('第一段。\n\n- 要点\n\n第二段。\n');
  });
});
