import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Pattern = string | { match: Record<string, string> }[];

const read = (locale: string): Record<string, Pattern> =>
  JSON.parse(readFileSync(new URL(`../messages/${locale}.json`, import.meta.url), 'utf8'));
const zh = read('zh-CN');
const en = read('en');

const forms = (pattern: Pattern | undefined): string[] =>
  typeof pattern === 'string'
    ? [pattern]
    : (pattern ?? []).flatMap((variant) => Object.values(variant.match));
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe('words', () => {
  it('exist in both languages under the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it('are never empty', () => {
    for (const words of [zh, en]) {
      for (const [key, pattern] of Object.entries(words)) {
        expect(forms(pattern).length, key).toBeGreaterThan(0);
        for (const form of forms(pattern)) expect(form.trim(), key).not.toBe('');
      }
    }
  });

  it('take the same placeholders in every form and language', () => {
    for (const key of Object.keys(zh)) {
      const expected = placeholders(forms(zh[key])[0] ?? '');
      for (const form of [...forms(zh[key]), ...forms(en[key])]) {
        expect(placeholders(form), `${key}: ${form}`).toEqual(expected);
      }
    }
  });

  it('stay in the order of their keys, so that two changes rarely collide', () => {
    for (const words of [zh, en]) {
      const keys = Object.keys(words);
      expect(keys).toEqual([...keys].sort());
    }
  });

  it('hold no Chinese in the English set', () => {
    const allowed = new Set(['settings_language_zh']);
    for (const [key, pattern] of Object.entries(en)) {
      if (allowed.has(key)) continue;
      for (const form of forms(pattern)) expect(form, key).not.toMatch(/\p{Script=Han}/u);
    }
  });
});
