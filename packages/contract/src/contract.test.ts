import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createArticleInput,
  createManyArticlesInput,
  dateInput,
  emailSchema,
  handleSchema,
  LIMITS,
  listArticlesInput,
  markdown,
  passwordSchema,
  saveArticleInput,
  slugSchema,
  tagNameSchema,
  titleSchema,
  updateUserInput,
  utf8Length,
} from './index.js';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('text', () => {
  it('is refused when Postgres could not store it exactly', () => {
    for (const bad of ['a\0b', 'a\uD800b', '\uDC00']) {
      expect(accepts(markdown, bad)).toBe(false);
      expect(accepts(titleSchema, bad)).toBe(false);
      expect(accepts(passwordSchema, `correct horse ${bad}`)).toBe(false);
    }
    expect(accepts(markdown, '🍵 𠮷野家 é')).toBe(true);
  });

  it('is limited by its bytes, so that three-byte characters count as three', () => {
    const han = '茶'.repeat(Math.floor(LIMITS.contentBytes / 3));
    expect(accepts(markdown, han)).toBe(true);
    expect(accepts(markdown, `${han}茶`)).toBe(false);
  });

  it('keeps every storable text unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\0') && text.isWellFormed());
        expect(markdown.parse(text)).toBe(text);
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it('of one line has no line breaks and no control characters', () => {
    for (const bad of ['two\nlines', 'tab\there', 'line\u2028separator', 'bell\u0007']) {
      expect(accepts(titleSchema, bad)).toBe(false);
    }
    expect(titleSchema.parse('  标题  ')).toBe('标题');
  });
});

describe('names of people', () => {
  it('e-mail addresses are trimmed and lower-cased', () => {
    expect(emailSchema.parse(' Tea@Example.ORG ')).toBe('tea@example.org');
    for (const bad of ['', 'tea', 'tea@', 'a b@example.org', `${'a'.repeat(250)}@example.org`]) {
      expect(accepts(emailSchema, bad)).toBe(false);
    }
  });

  it('handles are safe in an address', () => {
    for (const good of ['tea', 'tea-2', 'a1b']) expect(accepts(handleSchema, good)).toBe(true);
    for (const bad of ['te', '-tea', 'tea-', 'tea/..', '茶茶茶', 't'.repeat(33), 'a b']) {
      expect(accepts(handleSchema, bad)).toBe(false);
    }
  });

  it('a password is one password however its characters were typed', () => {
    expect(passwordSchema.parse('ｐａｓｓｗｏｒｄ１')).toBe('password1');
    expect(accepts(passwordSchema, '1234567')).toBe(false);
    expect(accepts(passwordSchema, 'x'.repeat(LIMITS.passwordMaxLength + 1))).toBe(false);
    expect(accepts(passwordSchema, '🍵🍵🍵🍵')).toBe(false);
  });
});

describe('inputs', () => {
  const id = '018f2b6e-7c1a-7000-8000-000000000001';

  it('refuse what they do not know, at every level', () => {
    const data = { title: 't', content: 'c' };
    expect(accepts(saveArticleInput, { id, data, baseRevision: 1 })).toBe(true);
    expect(accepts(saveArticleInput, { id, data, baseRevision: 1, ownerId: id })).toBe(false);
    for (const field of ['userId', 'views', 'role', 'deletedAt', 'revision', 'constructor']) {
      expect(
        accepts(saveArticleInput, { id, data: { ...data, [field]: 1 }, baseRevision: 1 }),
      ).toBe(false);
      expect(accepts(updateUserInput, { data: { [field]: 'admin' } })).toBe(false);
    }
    const polluted = JSON.parse(
      `{"id":"${id}","data":{"title":"t","content":"c"},"baseRevision":1,"__proto__":{"role":"admin"}}`,
    );
    expect(accepts(saveArticleInput, polluted)).toBe(false);
  });

  it('are bounded', () => {
    expect(accepts(createArticleInput, { title: 't'.repeat(201) })).toBe(false);
    expect(
      accepts(createArticleInput, { tags: Array.from({ length: 31 }, (_, i) => `t${i}`) }),
    ).toBe(false);
    expect(
      accepts(createManyArticlesInput, { items: Array.from({ length: 101 }, () => ({})) }),
    ).toBe(false);
    for (const limit of [-1, 0, 101, 1e9, Number.NaN, 1.5]) {
      expect(accepts(listArticlesInput, { limit })).toBe(false);
    }
    for (const baseRevision of [-1, 2_147_483_648, Number.MAX_SAFE_INTEGER]) {
      const data = { title: 't', content: 'c' };
      expect(accepts(saveArticleInput, { id, data, baseRevision })).toBe(false);
    }
    expect(listArticlesInput.parse(undefined)).toEqual({
      limit: LIMITS.pageSize,
      isTrashed: false,
      sort: 'updatedAt',
    });
  });

  it('take a date as a Date or as ISO text', () => {
    const date = new Date('2026-01-02T03:04:05Z');
    expect(dateInput.parse(date)).toEqual(date);
    expect(dateInput.parse('2026-01-02T03:04:05Z')).toEqual(date);
    for (const bad of ['yesterday', 0, '2026-13-01T00:00:00Z'])
      expect(accepts(dateInput, bad)).toBe(false);
  });
});

describe('addresses and tags', () => {
  it('slugs hold letters and digits of any script and single hyphens between them', () => {
    for (const good of ['tea', '龙井-笔记', 'tea-2', 'été'])
      expect(accepts(slugSchema, good)).toBe(true);
    for (const bad of ['', '-', 'a--b', 'a/b', '../x', 'a?b', 'a b', '%2e', 'a\u202eb']) {
      expect(accepts(slugSchema, bad)).toBe(false);
    }
  });

  it('tags have no separator of tags inside', () => {
    expect(accepts(tagNameSchema, '读书 笔记')).toBe(true);
    for (const bad of ['', '#tea', 'a,b', '茶，水'])
      expect(accepts(tagNameSchema, bad)).toBe(false);
  });
});
