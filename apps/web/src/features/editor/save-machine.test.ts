import { describe, expect, it } from 'vitest';
import { open } from './save-machine.js';
import { isDirty, nextWake, statusOf } from './save-rules.js';
import type { SaveEvent } from './save-types.js';
import { article, draft, edited, run, stored, text, types } from './test-machine.js';

const opened = (content = 'one') => open({ article: article(content), draft: null, now: 0 });
const typed = () => run(opened(), edited('one two', 100), stored(1, 'one two', 105));
const sent = () => run(typed(), { type: 'tick', now: 900 });

describe('a change', () => {
  it('goes to the device before anything else', () => {
    const last = run(opened(), edited('one two', 100));
    expect(types(last)).toEqual(['store']);
    expect(nextWake(last.state)).toBeNull();
  });

  it('is never sent before the device has it, not even on a flush', () => {
    const last = run(opened(), edited('one two', 100), { type: 'flush', now: 5000 });
    expect(types(last)).not.toContain('send');
    expect(types(run(last, stored(1, 'one two', 5001)))).toContain('send');
  });

  it('is sent after a pause of 800 ms', () => {
    expect(nextWake(typed().state)).toBe(900);
    expect(types(run(typed(), { type: 'tick', now: 899 }))).toEqual([]);
    expect(types(sent())).toEqual(['send']);
    expect(statusOf(sent().state)).toBe('saving');
  });

  it('is sent within 5 s while typing does not pause', () => {
    let last = opened();
    for (let edit = 1; edit <= 60; edit += 1) {
      const now = edit * 100;
      last = run(last, edited(`one ${edit}`, now), stored(edit, `one ${edit}`, now + 1));
      if (last.state.sending) {
        expect(now).toBeLessThanOrEqual(5200);
        return;
      }
    }
    throw new Error('was never sent');
  });

  it('is sent at once on blur', () => {
    expect(types(run(typed(), { type: 'flush', now: 110 }))).toEqual(['send']);
  });

  it('is sent from memory when the device refuses to store, and says so', () => {
    const last = run(opened(), edited('one two', 100), { type: 'storeFailed', now: 101 });
    expect(statusOf(last.state)).toBe('unprotected');
    expect(types(run(last, { type: 'tick', now: 900 }))).toEqual(['send']);
  });
});

describe('an answer', () => {
  const saved: SaveEvent = { type: 'saved', revision: 2, savedAt: 950, now: 950 };

  it('removes the draft only of the text it confirms', () => {
    const last = run(sent(), saved);
    expect(last.effects).toContainEqual({
      type: 'discard',
      text: expect.objectContaining(text('one two')),
    });
    expect(statusOf(last.state)).toBe('saved');
  });

  it('leaves what was typed meanwhile unsaved, on the new base', () => {
    const last = run(sent(), edited('one two three', 920), stored(2, 'one two three', 925), saved);
    expect(last.state.text.content).toBe('one two three');
    expect(last.state.base).toBe(2);
    expect(types(last)).toContain('store');
    expect(statusOf(last.state)).toBe('unsaved');
    const next = run(last, { type: 'tick', now: 1750 });
    expect(next.effects).toContainEqual({
      type: 'send',
      kind: 'save',
      text: text('one two three'),
      base: 2,
    });
  });

  it('ignores blanks around a title, which the server trims', () => {
    const last = run(
      opened(),
      { type: 'edited', text: { title: '题 ', content: 'one' }, now: 1 },
      { type: 'remote', current: article('one'), now: 2 },
    );
    expect(isDirty(last.state)).toBe(false);
    expect(last.state.text.title).toBe('题 ');
  });
});

describe('a failure', () => {
  const offline: SaveEvent = {
    type: 'failed',
    code: 'network',
    isTransient: true,
    retryAfterMs: null,
    now: 1000,
  };

  it('keeps the draft and tries again, ever more slowly', () => {
    let last = run(sent(), offline);
    expect(statusOf(last.state)).toBe('offline');
    expect(nextWake(last.state)).toBe(2000);
    last = run(last, { type: 'tick', now: 2000 }, { ...offline, now: 2000 });
    expect(nextWake(last.state)).toBe(4000);
  });

  it('is retried at once when the network comes back', () => {
    expect(types(run(sent(), offline, { type: 'retry', now: 1100 }))).toEqual(['send']);
  });

  it('waits as long as the server asks', () => {
    const busy: SaveEvent = {
      type: 'failed',
      code: 'rate_limited',
      isTransient: true,
      retryAfterMs: 20_000,
      now: 1000,
    };
    expect(nextWake(run(sent(), busy).state)).toBe(21_000);
  });

  it('for good is not repeated until the text changes or somebody asks', () => {
    const tooLarge: SaveEvent = {
      type: 'failed',
      code: 'too_large',
      isTransient: false,
      retryAfterMs: null,
      now: 1000,
    };
    const last = run(sent(), tooLarge);
    expect(statusOf(last.state)).toBe('failed');
    expect(nextWake(last.state)).toBeNull();
    expect(nextWake(run(last, edited('less', 2000), stored(2, 'less', 2001)).state)).toBe(2800);
    expect(types(run(last, { type: 'retry', now: 1500 }))).toEqual(['send']);
  });

  it('after the server took the text is no conflict with oneself', () => {
    const last = run(
      sent(),
      edited('one two three', 950),
      stored(2, 'one two three', 955),
      offline,
      { type: 'retry', now: 1100 },
      { type: 'refused', current: article('one two', 2), now: 1150 },
    );
    expect(statusOf(last.state)).toBe('saving');
    expect(last.effects).toContainEqual({
      type: 'send',
      kind: 'save',
      text: text('one two three'),
      base: 2,
    });
  });
});

describe('a conflict', () => {
  const theirs = article('theirs', 7);
  const conflict = () => run(sent(), { type: 'refused', current: theirs, now: 1000 });

  it('stops saving and keeps both texts', () => {
    const last = conflict();
    expect(statusOf(last.state)).toBe('conflict');
    expect(last.state.conflict).toMatchObject({ theirs, kept: text('one two') });
    expect(nextWake(last.state)).toBeNull();
  });

  it('goes on storing what is typed', () => {
    expect(types(run(conflict(), edited('one two three', 1100)))).toEqual(['store']);
  });

  it('resolved to mine saves my text on top', () => {
    const last = run(conflict(), { type: 'choose', choice: 'mine', now: 1100 });
    expect(last.effects).toContainEqual({
      type: 'send',
      kind: 'save',
      text: text('one two'),
      base: 7,
    });
  });

  it('resolved to theirs shows theirs; mine is a revision already', () => {
    const last = run(conflict(), { type: 'choose', choice: 'theirs', now: 1100 });
    expect(last.state.text.content).toBe('theirs');
    expect(statusOf(last.state)).toBe('saved');
    // With nothing unsaved the draft goes.
    expect(types(last)).toContain('store');
  });

  it('resolved to theirs first lets the server keep what was typed after the refusal', () => {
    const last = run(
      conflict(),
      edited('one two three', 1050),
      { type: 'choose', choice: 'theirs', now: 1100 },
      stored(2, 'one two three', 1105),
    );
    expect(last.effects).toContainEqual({
      type: 'send',
      kind: 'save',
      text: text('one two three'),
      base: 1,
    });
    const done = run(last, { type: 'refused', current: theirs, now: 1200 });
    expect(done.state.text.content).toBe('theirs');
    expect(statusOf(done.state)).toBe('saved');
  });

  it('resolved by merging saves the merged text and nothing in between', () => {
    const last = run(
      conflict(),
      { type: 'choose', choice: 'merged', text: text('both'), now: 1100 },
      stored(2, 'both', 1105),
    );
    expect(last.state.replacements).toBe(1);
    expect(last.effects).toEqual([{ type: 'send', kind: 'save', text: text('both'), base: 7 }]);
  });

  it('resolved by merging first lets the server keep what was typed after the refusal', () => {
    const last = run(
      conflict(),
      edited('one two three', 1050),
      { type: 'choose', choice: 'merged', text: text('both'), now: 1100 },
      stored(2, 'one two three', 1105),
    );
    expect(last.effects).toContainEqual({
      type: 'send',
      kind: 'save',
      text: text('one two three'),
      base: 1,
    });
    const done = run(last, { type: 'refused', current: theirs, now: 1200 });
    expect(done.state).toMatchObject({ text: text('both'), base: 7, conflict: null });
    expect(run(done, stored(3, 'both', 1205)).effects).toContainEqual({
      type: 'send',
      kind: 'save',
      text: text('both'),
      base: 7,
    });
  });

  it('is none when both wrote the same', () => {
    const last = run(sent(), { type: 'refused', current: article('one two', 7), now: 1000 });
    expect(statusOf(last.state)).toBe('saved');
  });
});

describe('opening', () => {
  it('continues a draft on the same base', () => {
    const last = open({ article: article('one'), draft: draft('one two'), now: 0 });
    expect(last.state.text.content).toBe('one two');
    expect(types(last)).toEqual(['store']);
    expect(types(run(last, stored(0, 'one two', 1)))).toEqual(['send']);
  });

  it('sends a draft on another base with that base, so that the server decides', () => {
    const last = open({ article: article('else', 5), draft: draft('one two'), now: 0 });
    expect(run(last, stored(0, 'one two', 1)).effects).toContainEqual({
      type: 'send',
      kind: 'save',
      text: text('one two'),
      base: 1,
    });
  });

  it('never writes over that revision by itself', () => {
    const last = run(
      open({ article: article('else', 5), draft: draft('one two'), now: 0 }),
      stored(0, 'one two', 1),
      { type: 'refused', current: article('else', 5), now: 2 },
    );
    expect(statusOf(last.state)).toBe('conflict');
  });

  it('recognises its own text in a newer revision', () => {
    const last = open({
      article: article('one tw', 2),
      draft: draft('one two', { attempted: [text('one tw')] }),
      now: 0,
    });
    expect(last.state.base).toBe(2);
  });

  it('drops a draft the server has word for word', () => {
    const last = open({ article: article('one', 4), draft: draft('one'), now: 0 });
    expect(types(last)).toEqual(['discard']);
    expect(last.state.base).toBe(4);
  });

  it('creates a note that is only here, and keeps creating until the server has it', () => {
    const create = { notebookId: null, tags: [] };
    const start = open({ article: null, draft: draft('new', { create, baseRevision: 0 }), now: 0 });
    const last = run(start, stored(0, 'new', 1));
    expect(last.effects).toContainEqual({
      type: 'send',
      kind: 'create',
      text: text('new'),
      base: 0,
    });
    const done = run(last, { type: 'created', current: article('new', 1), now: 9 });
    expect(statusOf(done.state)).toBe('saved');
    expect(done.state.create).toBeNull();
  });
});

describe('news from elsewhere', () => {
  it('replace an unchanged text', () => {
    const last = run(opened(), { type: 'remote', current: article('newer', 3), now: 10 });
    expect(last.state).toMatchObject({ text: text('newer'), base: 3, replacements: 1 });
    expect(statusOf(last.state)).toBe('saved');
  });

  it('never touch a block changed here', () => {
    const last = run(typed(), { type: 'remote', current: article('newer', 3), now: 200 });
    expect(last.state.text.content).toBe('one two');
    expect(last.state.base).toBe(1);
  });

  it('older than what is shown are ignored', () => {
    const last = run(open({ article: article('three', 3), draft: null, now: 0 }), {
      type: 'remote',
      current: article('two', 2),
      now: 10,
    });
    expect(last.state.text.content).toBe('three');
  });
});
