import { expect, it } from 'vitest';
import { langOf } from './lang-of.js';

it('a text is marked with its own language, and with none where it has no words', () => {
  expect(langOf('漓江烟雨')).toBe('zh-CN');
  expect(langOf('用 Postgres 的 SKIP LOCKED')).toBe('zh-CN');
  expect(langOf('The word 道 in old texts is hard to translate')).toBe('en');
  expect(langOf('')).toBeUndefined();
  expect(langOf('3.14 …')).toBeUndefined();
});
