import type { Message } from '@ainotebook/contract';
import { describe, expect, it } from 'vitest';
import { inOrder, turnsOf } from './branches.js';

const message = (id: string, parentId: string | null): Message => ({
  id,
  conversationId: 'c',
  parentId,
  role: id.startsWith('q') ? 'user' : 'assistant',
  content: id,
  status: 'done',
  failure: null,
  citations: [],
  receipt: null,
  createdAt: new Date(0),
});
const ALL = [
  message('q1', null),
  message('a1', 'q1'),
  message('q2', 'a1'),
  message('a2', 'q2'),
  message('a1b', 'q1'),
  message('q1b', null),
  message('a3', 'q1b'),
];
const path = (choices: Record<string, string>) => turnsOf(ALL, choices).map((t) => t.message.id);

describe('the order of messages', () => {
  it('is that of the server, whatever the clocks of clients make of ids', () => {
    const at = (id: string, parentId: string | null, second: number) => ({
      ...message(id, parentId),
      createdAt: new Date(second * 1000),
    });
    // Its id was made by a clock that is slow.
    const again = at('a0', 'q1', 9);
    const messages = inOrder([again, at('a1', 'q1', 1), at('q1', null, 1)]);
    expect(messages.map(({ id }) => id)).toEqual(['q1', 'a1', 'a0']);
    expect(turnsOf(messages, {}).at(-1)?.message).toBe(again);
  });
});

describe('the messages that are shown', () => {
  it('are the newest of those side by side', () => {
    expect(path({})).toEqual(['q1b', 'a3']);
  });

  it('follow what was chosen', () => {
    expect(path({ '': 'q1' })).toEqual(['q1', 'a1b']);
    expect(path({ '': 'q1', q1: 'a1' })).toEqual(['q1', 'a1', 'q2', 'a2']);
  });

  it('know what stands beside them', () => {
    const [first, second] = turnsOf(ALL, { '': 'q1' });
    expect(first?.siblings.map(({ id }) => id)).toEqual(['q1', 'q1b']);
    expect(second?.siblings.map(({ id }) => id)).toEqual(['a1', 'a1b']);
  });

  it('are none of nothing, and stand still for a choice that is gone', () => {
    expect(turnsOf([], {})).toEqual([]);
    expect(path({ '': 'gone' })).toEqual(['q1b', 'a3']);
  });
});
