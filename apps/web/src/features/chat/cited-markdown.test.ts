import { describe, expect, it } from 'vitest';
import { citedMarkdown } from './cited-markdown.js';

const cited = (content: string, ...numbers: number[]) =>
  citedMarkdown(content, { messageId: 'm', numbers });

describe('citedMarkdown', () => {
  it('makes links of the numbers that are cited, and of nothing else', () => {
    expect(cited('沸水 [1]，八克 [12]。', 1, 12)).toBe(
      '沸水 [\\[1\\]](#cite-m-1)，八克 [\\[12\\]](#cite-m-12)。',
    );
    expect(cited('`a[1]` 与 [说明](https://example.org)', 1)).toBe(
      '`a[1]` 与 [说明](https://example.org)',
    );
  });

  it('leaves an answer without citations as it is', () => {
    expect(cited('没有。')).toBe('没有。');
  });
});
