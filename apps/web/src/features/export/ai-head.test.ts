import { describe, expect, it } from 'vitest';
import { withAiHead } from './ai-head.js';

describe('the head of a file', () => {
  it('says how much of the note an AI wrote, in the one head it has', () => {
    expect(withAiHead({ title: '茶', content: '文' }, 'partly')).toBe(
      '---\nai: partly\n---\n\n# 茶\n\n文',
    );
    expect(withAiHead({ title: ' ', content: '文' }, 'mostly')).toBe('---\nai: mostly\n---\n\n文');
    expect(withAiHead({ title: '茶', content: '---\nslug: a\n---\n\n文' }, 'partly')).toBe(
      '---\nai: partly\nslug: a\n---\n\n文',
    );
  });
});
