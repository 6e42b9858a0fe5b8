import { fireEvent, screen } from '@testing-library/dom';
import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { initLocale } from '../../lib/locale.js';
import { open, step } from './save-machine.js';
import { SaveStatusLine } from './save-status.js';
import type { SaveEvent } from './save-types.js';

afterEach(cleanup);

const text = { title: '题', content: 'changed' };
const edited: SaveEvent = { type: 'edited', text, now: 0 };
const stored: SaveEvent = { type: 'stored', edits: 1, text, now: 0 };
const tick: SaveEvent = { type: 'tick', now: 900 };
const failed = (code: 'network' | 'too_large'): SaveEvent => ({
  type: 'failed',
  code,
  isTransient: code === 'network',
  retryAfterMs: null,
  now: 950,
});
const theirs = { title: '题', content: 'theirs', revision: 9, savedAt: 0 };

function show(...events: SaveEvent[]) {
  // biome-ignore lint/suspicious/noDocumentCookie: the words follow this cookie
  document.cookie = 'locale=zh-CN';
  initLocale();
  const article = { title: '题', content: 'before', revision: 3, savedAt: 0 };
  const start = open({ article, draft: null, now: 0 }).state;
  const state = events.reduce((last, event) => step(last, event).state, start);
  const on = { retry: vi.fn(), resolve: vi.fn() };
  render(<SaveStatusLine state={state} onRetry={on.retry} onResolve={on.resolve} />);
  const line = screen.getByRole('status');
  return { on, line, status: line.dataset.saveStatus };
}

describe('the save state', () => {
  it.each([
    ['saved', [], '已保存 · 第 3 版'],
    ['unsaved', [edited], '未保存'],
    ['saving', [edited, stored, tick], '保存中…'],
    ['offline', [edited, stored, tick, failed('network')], '离线，已存在本机'],
    ['failed', [edited, stored, tick, failed('too_large')], '保存失败，重试'],
    [
      'conflict',
      [edited, stored, tick, { type: 'refused', current: theirs, now: 950 }],
      '有冲突，点这里处理',
    ],
    ['unprotected', [edited, { type: 'storeFailed', now: 0 }], '本机无法存草稿，请不要关闭页面'],
  ] satisfies [string, SaveEvent[], string][])('says %s in words', (name, events, words) => {
    const { line, status } = show(...events);
    expect(status).toBe(name);
    expect(line.textContent).toContain(words);
    expect(line.getAttribute('aria-live')).toBe('polite');
  });

  it('is the way to try again', () => {
    const { on } = show(edited, stored, tick, failed('network'));
    fireEvent.click(screen.getByRole('button'));
    expect(on.retry).toHaveBeenCalledOnce();
  });

  it('is the way to both texts of a conflict', () => {
    const { on } = show(edited, stored, tick, { type: 'refused', current: theirs, now: 950 });
    fireEvent.click(screen.getByRole('button'));
    expect(on.resolve).toHaveBeenCalledOnce();
  });
});
