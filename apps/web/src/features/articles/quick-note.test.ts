import { describe, expect, it } from 'vitest';
import { splitQuickNote } from './quick-note.js';

describe('a jotted text', () => {
  it('has its first line as the title', () => {
    expect(splitQuickNote('  买茶 \n\n- [ ] 龙井\n')).toEqual({
      title: '买茶',
      content: '- [ ] 龙井',
    });
    expect(splitQuickNote('## Plan')).toEqual({ title: 'Plan', content: '' });
  });

  it('keeps a long first line as text, under its beginning', () => {
    const line = '🍵'.repeat(100);
    expect(splitQuickNote(line)).toEqual({ title: `${'🍵'.repeat(40)}…`, content: line });
  });
});
