import { expect, it } from 'vitest';
import { languageOf } from './language.js';

it('takes a text for Chinese where its characters carry it, among code and names as well', () => {
  expect(languageOf('用 Docker 部署 PostgreSQL，然后打开浏览器。')).toBe('zh-CN');
  expect(languageOf('北京')).toBe('zh-CN');
});

it('takes a text for English where a few Chinese words are quoted in it', () => {
  expect(
    languageOf(
      'The word 学习 means to learn, and is one that every beginner of the language meets on day one.',
    ),
  ).toBe('en');
  expect(languageOf('')).toBe('en');
});
