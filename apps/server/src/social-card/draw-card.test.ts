import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cardSvg, drawCard } from './draw-card.js';
import { breakLines, type Measured } from './typeset.js';

const card = (title: string) => ({ title, author: '读书人', siteName: 'AI-NoteBook' });

describe('the picture of an article', () => {
  it.each([
    ['a Chinese title', '六大茶类的冲泡'],
    ['an English title', 'How we stopped losing jobs'],
    ['a long one', '很长的标题'.repeat(40)],
    ['one long word', 'W'.repeat(200)],
    ['markup', '<script>alert("&")</script>'],
    ['what no font has', '👩‍👩‍👧‍👦 𠀀 \u202e \u0301 \u0007'],
    ['nothing', ''],
  ])('is a PNG of 1200 x 630 for %s', async (_, title) => {
    const png = await drawCard(card(title));
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 1200, height: 630 });
    expect(png.length).toBeLessThan(100_000);
  });

  it('holds outlines only: no text, nothing of the title as markup', () => {
    const svg = cardSvg(card('<image href="https://evil.example/x"/> ok'));
    expect(svg).not.toContain('evil');
    expect(svg).not.toContain('<text');
    expect(svg.match(/<path/g)?.length).toBeGreaterThan(20);
  });

  it('is the same for the same title', async () => {
    expect(await drawCard(card('一'))).toEqual(await drawCard(card('一')));
    expect(cardSvg(card('一'))).not.toBe(cardSvg(card('二')));
  });
});

describe('lines of a title', () => {
  const wide = (text: string): Measured[] => [...text].map((c) => ({ text: c, width: 1 }));
  const lines = (text: string, maxWidth: number, maxLines = 9) =>
    breakLines(wide(text), { maxWidth, maxLines });

  it('break between Chinese characters, never before closing or after opening marks', () => {
    expect(lines('一二三，四五', 3)).toEqual(['一二', '三，四', '五']);
    expect(lines('一二《三四》', 3)).toEqual(['一二', '《三', '四》']);
  });

  it('keep Latin words whole unless one is longer than a line', () => {
    expect(lines('to be free', 5)).toEqual(['to be', 'free']);
    expect(lines('abcdefg', 3)).toEqual(['abc', 'def', 'g']);
  });

  it('end in an ellipsis where they do not fit', () => {
    expect(lines('一二三四五六七', 3, 2)).toEqual(['一二三', '四五…']);
  });
});
