import { describe, expect, it } from 'vitest';
import { commonHome, homeless } from './use-restore-into.js';

const note = (id: string, notebookId: string | null, formerNotebook: string | null) => ({
  id,
  notebookId,
  formerNotebook,
});

describe('notes in the trash', () => {
  it('have lost their home when their notebook was deleted, not when they never had one', () => {
    const lost = note('a', null, '茶书');
    expect(homeless([lost, note('b', null, null), note('c', 'tea', null)])).toEqual([lost]);
  });

  it('have a common home when all were in one notebook', () => {
    expect(commonHome([note('a', null, '茶书'), note('b', null, '茶书')])).toBe('茶书');
    expect(commonHome([note('a', null, '茶书'), note('b', null, '水')])).toBeNull();
    expect(commonHome([])).toBeNull();
  });
});
