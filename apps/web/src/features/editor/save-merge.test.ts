import { describe, expect, it } from 'vitest';
import { open } from './save-machine.js';
import { statusOf } from './save-rules.js';
import { article, draft, edited, run, stored, text, types } from './test-machine.js';

describe('changes from elsewhere', () => {
  const doc = (...blocks: string[]) => blocks.join('\n\n');
  const start = () => open({ article: article(doc('a', 'b', 'c')), draft: null, now: 0 });
  const mine = doc('a', 'b', 'C');
  const theirs = article(doc('A', 'b', 'c'), 2);
  const both = doc('A', 'b', 'C');
  const onItsWay = () =>
    run(start(), edited(mine, 100), stored(1, mine, 105), { type: 'tick', now: 900 });

  it('in other blocks are merged when the server refuses, and the merged text is saved', () => {
    const last = run(onItsWay(), { type: 'refused', current: theirs, now: 950 });
    expect(last.state).toMatchObject({ text: text(both), base: 2, merges: 1, replacements: 1 });
    expect(types(last)).toEqual(['store']);
    expect(run(last, stored(2, both, 955)).effects).toContainEqual({
      type: 'send',
      kind: 'save',
      text: text(both),
      base: 2,
    });
  });

  it('are merged with what was typed after the save went out', () => {
    const more = doc('a', 'b', 'C', 'd');
    const last = run(onItsWay(), edited(more, 920), stored(2, more, 925), {
      type: 'refused',
      current: theirs,
      now: 950,
    });
    expect(last.state.text).toEqual(text(doc('A', 'b', 'C', 'd')));
  });

  it('are merged as soon as they are heard of', () => {
    const last = run(start(), edited(mine, 100), stored(1, mine, 105), {
      type: 'remote',
      current: theirs,
      now: 200,
    });
    expect(last.state).toMatchObject({ text: text(both), base: 2, merges: 1 });
  });

  it('wait for the save when they overlap, so that the server keeps both texts', () => {
    const overlap = article(doc('a', 'b', 'ç'), 2);
    const last = run(
      start(),
      edited(mine, 100),
      stored(1, mine, 105),
      { type: 'remote', current: overlap, now: 200 },
      { type: 'tick', now: 900 },
    );
    expect(last.effects).toContainEqual({ type: 'send', kind: 'save', text: text(mine), base: 1 });
    const refused = run(last, { type: 'refused', current: overlap, now: 950 });
    expect(statusOf(refused.state)).toBe('conflict');
  });

  it('in the title are merged with changes of the text', () => {
    const current = { ...article(doc('a', 'b', 'c'), 2), title: '新题' };
    const last = run(onItsWay(), { type: 'refused', current, now: 950 });
    expect(last.state.text).toEqual({ title: '新题', content: mine });
  });

  it('that hold ours already leave nothing to save', () => {
    const last = run(onItsWay(), { type: 'refused', current: article(both, 3), now: 950 });
    expect(last.state).toMatchObject({ text: text(both), base: 3, merges: 0 });
    expect(statusOf(last.state)).toBe('saved');
  });

  it('made on a text of ours whose answer was lost are told from it', () => {
    const more = doc('a', 'b', 'C and more');
    const last = run(
      onItsWay(),
      { type: 'failed', code: 'network', isTransient: true, retryAfterMs: null, now: 920 },
      edited(more, 930),
      stored(2, more, 935),
      { type: 'retry', now: 940 },
      { type: 'refused', current: article(both, 3), now: 950 },
    );
    expect(last.state.text).toEqual(text(doc('A', 'b', 'C and more')));
    expect(last.state.conflict).toBeNull();
  });

  it('are merged with a draft when it is opened', () => {
    const last = open({
      article: theirs,
      draft: draft(mine, { baseText: text(doc('a', 'b', 'c')) }),
      now: 0,
    });
    expect(last.state).toMatchObject({ text: text(both), base: 2, merges: 1 });
    expect(types(last)).toContain('store');
  });

  it('are a choice when nothing is known of the base', () => {
    const last = run(
      open({ article: theirs, draft: draft(mine, { baseText: null }), now: 0 }),
      stored(0, mine, 1),
      { type: 'refused', current: theirs, now: 2 },
    );
    expect(statusOf(last.state)).toBe('conflict');
  });
});
