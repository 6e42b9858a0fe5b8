import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiShare, ownRanges } from './ai-share.js';

const written = '岩茶产于武夷山，冲泡要用沸水，水温低了，岩骨花香出不来。';
const whole = (text: string) => ({ text, own: [[0, text.length]] as [number, number][] });
const percent = (markdown: string, ...texts: string[]) => {
  const { total, written } = aiShare(markdown, texts.map(whole));
  return total === 0 ? 0 : Math.round((written / total) * 100);
};
const ownWords = (text: string, more: { replaced?: string; around?: string }) =>
  ownRanges(text, { replaced: '', around: '', ...more }).map(([start, end]) =>
    text.slice(start, end),
  );

describe('aiShare', () => {
  it('is of what an AI wrote, wherever it stands and whatever marks it has', () => {
    const mine = '今天和朋友去了茶馆，点了一壶大红袍，聊到很晚才回家。';
    expect(percent(mine, written)).toBe(0);
    expect(percent(written, written)).toBe(100);
    const half = percent(`${mine}\n\n${written}`, written);
    expect(half).toBeGreaterThan(40);
    expect(half).toBeLessThan(60);
    expect(percent(`> **${written}**\n\n${mine}`, written)).toBe(half);
    expect(percent('', written)).toBe(0);
    expect(percent('The Kettle, is on: the stove NOW', 'the kettle is on the stove now')).toBe(100);
  });

  it('fades as a person writes over it, and is nothing once all is rewritten', () => {
    const edited = written.replace('冲泡要用沸水，', '');
    const { spans, total } = aiShare(edited, [whole(written)]);
    expect(spans[0]?.left).toBe(total);
    expect(spans[0]?.left).toBeLessThan(spans[0]?.own ?? 0);
    expect(percent('茶要滚水来泡才好喝，凉一点就不香了。', written)).toBe(0);
  });

  it('does not count what is not its own', () => {
    const { written: letters } = aiShare(written, [{ text: written, own: [[0, 7]] }]);
    expect(letters).toBe(7);
    expect(aiShare(written, [{ text: written, own: [] }]).written).toBe(0);
  });

  it('counts a passage that two spans have once', () => {
    expect(percent(written, written, written)).toBe(100);
  });

  const word = fc.constantFrom('茶', '水', '山', 'tea', 'water', '，', ' ', '\n', '**');
  const text = fc.array(word, { maxLength: 60 }).map((words) => words.join(''));

  it('is never more than there is, for any texts', () => {
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 4 }), (markdown, texts) => {
        const { total, written, spans } = aiShare(markdown, texts.map(whole));
        expect(written).toBeLessThanOrEqual(total);
        for (const { own, left } of spans) expect(left).toBeLessThanOrEqual(own);
      }),
    );
  });

  it('finds all of a text of some length between any others', () => {
    const long = fc
      .array(word, { minLength: 40, maxLength: 80 })
      .map((words) => `${words.join('')} 山上有茶园`);
    fc.assert(
      fc.property(text, long, text, (before, said, after) => {
        const { spans } = aiShare(`${before}\n${said}\n${after}`, [whole(said)]);
        const { own = 0, left = 0 } = spans[0] ?? {};
        expect(left).toBe(own);
      }),
    );
  });

  it('takes a text that repeats itself as any other', () => {
    const same = '茶'.repeat(200_000);
    const spans = Array.from({ length: 100 }, () => whole('茶'.repeat(4_000)));
    expect(aiShare(same, spans).written).toBe(200_000);
    expect(ownRanges('茶'.repeat(40_000), { replaced: same, around: same })).toEqual([]);
  });
});

describe('ownRanges', () => {
  it('is all of a text that is new', () => {
    expect(ownWords(written, {})).toEqual([written.slice(0, -1)]);
  });

  it('is nothing where only signs were corrected', () => {
    expect(ownWords(written, { replaced: written.replaceAll('，', ' ') })).toEqual([]);
  });

  it('is what a rewrite changed', () => {
    const was = 'We walked to the old harbour and waited for the first boat of the day.';
    const is = was.replace('waited for the first boat', 'took the ferry that sails earliest');
    expect(ownWords(is, { replaced: was })).toEqual(['took the ferry that sails earliest']);
  });

  it('is not what stands in the note already; but the text itself may', () => {
    const mine = '今天和朋友去了茶馆，点了一壶大红袍。';
    const summary = `总之，${mine}后来下雨了才走。`;
    const own = ownWords(summary, { around: mine });
    expect(own.join('')).not.toContain('大红袍');
    expect(own.join('')).toContain('后来下雨了才走');
    expect(ownWords(summary, { around: `${mine}\n\n${summary}` })).toEqual(own);
    expect(ownWords(written, { around: `${mine}\n\n> ${written}` })).toHaveLength(1);
  });

  it('is nothing of a few words', () => {
    expect(ownWords('好茶。', {})).toEqual([]);
    expect(ownWords('', {})).toEqual([]);
  });
});
