import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateQuote } from './locate-quote.js';

const quote = '岩茶要用沸水，水温低了，岩骨花香出不来。我常用 110 毫升的盖碗，投茶 8 克。';
const note = `# 茶\n\n${quote}\n\n大红袍、肉桂、水仙都可以这样泡。\n`;
const start = note.indexOf(quote);
const cited = { start, end: start + quote.length, quote };
const quoted = (text: string) => {
  const { status, start, end } = locateQuote(text, cited);
  return [status, text.slice(start, end)];
};

describe('locateQuote', () => {
  it('finds what stands where it stood', () => {
    expect(locateQuote(note, cited)).toEqual({ status: 'unchanged', start, end: cited.end });
  });

  it('finds what moved; of two places the nearer', () => {
    expect(quoted(`前言。\n\n${note}`)).toEqual(['moved', quote]);
    const twice = `${quote}${'。'.repeat(1_000)}\n${note}`;
    expect(locateQuote(twice, { ...cited, start: 900, end: 900 + quote.length }).start).toBe(
      twice.lastIndexOf(quote),
    );
    expect(locateQuote(twice, cited).start).toBe(0);
  });

  it('finds the stretch that still says most of it', () => {
    const text = note.replace('110 毫升', '120 毫升').replace('沸水', '滚水');
    const [status, found = ''] = quoted(text);
    expect(status).toBe('changed');
    expect(found).toContain('120 毫升的盖碗');
    expect(found).not.toContain('大红袍');
    const english = 'The quick brown fox jumps over the lazy dog near the river bank today.';
    const edited = `Intro.\n\n${english.replace('lazy', 'sleepy')} More.`;
    expect(locateQuote(edited, { start: 0, end: english.length, quote: english }).status).toBe(
      'changed',
    );
  });

  it('knows what is gone, and does not take common words for it', () => {
    expect(quoted('绿茶用八十度的水。我常用玻璃杯。')[0]).toBe('gone');
    expect(locateQuote('', cited)).toEqual({ status: 'gone', start: 0, end: 0 });
    expect(locateQuote(note, { start: 3, end: 3, quote: '' }).status).toBe('gone');
    expect(locateQuote(note, { start: 0, end: 2, quote: '——' }).status).toBe('gone');
  });

  const text = fc.string({ unit: 'grapheme', maxLength: 60 });

  it('follows a quote over any text put before and after it', () => {
    const words = text.filter((part) => part.trim() !== '');
    fc.assert(
      fc.property(text, words, text, text, text, (before, said, after, prefix, suffix) => {
        const citation = { start: before.length, end: before.length + said.length, quote: said };
        const was = before + said + after;
        expect(locateQuote(was, citation)).toMatchObject({ status: 'unchanged' });
        const now = prefix + was + suffix;
        const { status, start, end } = locateQuote(now, citation);
        expect(['unchanged', 'moved']).toContain(status);
        expect(now.slice(start, end)).toBe(said);
      }),
    );
  });

  it('answers a range of the text for anything', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: -5, max: 100 }), (markdown, said, from) => {
        const found = locateQuote(markdown, { start: from, end: from + said.length, quote: said });
        expect(found.start).toBeGreaterThanOrEqual(0);
        expect(found.end).toBeGreaterThanOrEqual(found.start);
        expect(found.end).toBeLessThanOrEqual(markdown.length);
      }),
    );
  });

  it('reads the longest text', () => {
    const large = '水温低了岩骨花香出不来。'.repeat(22_000);
    expect(locateQuote(large, cited).status).toBe('gone');
  });
});
