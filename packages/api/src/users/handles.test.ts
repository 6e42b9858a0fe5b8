import { handleSchema } from '@ainotebook/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handleCandidates, isReservedHandle } from './handles.js';

const first = (displayName: string, email = 'mailbox.name@example.org') =>
  [...handleCandidates({ displayName, email })][0];

describe('a handle made of a name', () => {
  it('reads Chinese as pinyin and strips accents', () => {
    expect(first('王小明')).toBe('wangxiaoming');
    expect(first('吕布')).toBe('lvbu');
    expect(first('José Ángel')).toBe('jose-angel');
    expect(first('李雷 Dev Team')).toBe('lilei-dev-team');
  });

  it('falls back on the mailbox, and on a word, when the name has no letter', () => {
    expect(first('🙂🙂')).toBe('mailbox-name');
    expect(first('🙂', '_@example.org')).toMatch(/^user-[0-9a-f]{6}$/);
  });

  it('is always valid and never reserved', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    const han = fc.string({
      unit: fc.constantFrom(...'张伟王芳行长admin-_ .你好abc'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.oneof(names, han), (displayName) => {
        const handles = [...handleCandidates({ displayName, email: '-@example.org' })];
        expect(handles.length).toBeGreaterThanOrEqual(4);
        for (const handle of handles) {
          expect(handleSchema.safeParse(handle).data).toBe(handle);
          expect(isReservedHandle(handle)).toBe(false);
        }
      }),
    );
  });
});
