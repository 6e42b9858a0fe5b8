import { createRequire } from 'node:module';
import type { SocialCard } from '@ainotebook/api/jobs';
import { type Font, openSync } from 'fontkit';
import sharp from 'sharp';
import { breakLines, type Measured } from './typeset.js';

const WIDTH = 1200;
const HEIGHT = 630;
const MARGIN = 88;
const INK = '#1d1f23';
const SOFT = '#5b6069';
const PAPER = '#fefdfb';
const ACCENT = '#3956a0';

/** The largest size at which a title fits is taken. */
const TITLE_SIZES = [
  { size: 92, maxLines: 2 },
  { size: 76, maxLines: 3 },
  { size: 62, maxLines: 4 },
];
const LINE_HEIGHT = 1.35;
const FOOT_SIZE = 34;
const FOOT_WIDTH = 15;

// ZCOOL XiaoWei (SIL Open Font License 1.1), of a package: a server often has no Chinese font.
const require = createRequire(import.meta.url);
const fileOf = (subset: string) =>
  require.resolve(`@fontsource/zcool-xiaowei/files/zcool-xiaowei-${subset}-400-normal.woff2`);
let fonts: Font[] | undefined;

function loadFonts(): Font[] {
  fonts ??= ['latin', 'chinese-simplified'].map((subset) => {
    const font = openSync(fileOf(subset));
    if (!('glyphForCodePoint' in font)) throw new Error('a font of the package is a collection');
    return font;
  });
  return fonts;
}

/** A glyph with its width in em; null for what no font has (emoji, rare characters). */
function glyphOf(character: string): { path: string; width: number; scale: number } | null {
  const codePoint = character.codePointAt(0) ?? 0;
  const font = loadFonts().find((candidate) => candidate.hasGlyphForCodePoint(codePoint));
  if (!font) return null;
  const glyph = font.glyphForCodePoint(codePoint);
  const scale = 1 / font.unitsPerEm;
  return { path: glyph.path.toSVG(), width: glyph.advanceWidth * scale, scale };
}

/** What of a text can be drawn, with widths. */
function measure(text: string): Measured[] {
  return [...text.normalize('NFC').replace(/\s+/gu, ' ').trim()].flatMap((character) => {
    const glyph = glyphOf(character);
    return glyph ? [{ text: character, width: glyph.width }] : [];
  });
}

function drawLine(text: string, at: { x: number; y: number; size: number; color: string }): string {
  let { x } = at;
  const glyphs = [...text].map((character) => {
    const glyph = glyphOf(character);
    if (!glyph) return '';
    const unit = at.size * glyph.scale;
    const place = `translate(${x.toFixed(1)} ${at.y}) scale(${unit.toFixed(5)} ${(-unit).toFixed(5)})`;
    x += glyph.width * at.size;
    return `<path transform="${place}" d="${glyph.path}"/>`;
  });
  return `<g fill="${at.color}">${glyphs.join('')}</g>`;
}

/** The picture as SVG: letters are outlines, so that no font is needed to show it. */
export function cardSvg({ title, author, siteName }: SocialCard): string {
  const letters = measure(title);
  const fitting = TITLE_SIZES.map(({ size, maxLines }) => {
    const lines = breakLines(letters, { maxWidth: (WIDTH - 2 * MARGIN) / size, maxLines });
    return { size, lines };
  });
  const isWhole = ({ lines }: { lines: string[] }) => !lines.at(-1)?.endsWith('…');
  const { size, lines } = fitting.find(isWhole) ??
    fitting[fitting.length - 1] ?? { size: 62, lines: [] };
  const height = lines.length * size * LINE_HEIGHT;
  const top = MARGIN + Math.max(0, (HEIGHT - 2 * MARGIN - 3 * FOOT_SIZE - height) / 2);
  const rows = lines.map((line, i) =>
    drawLine(line, {
      x: MARGIN,
      y: Math.round(top + size * (i * LINE_HEIGHT + 1)),
      size,
      color: INK,
    }),
  );
  const oneLine = (text: string) =>
    breakLines(measure(text), { maxWidth: FOOT_WIDTH, maxLines: 1 })[0] ?? '';
  const foot = [author, siteName].map(oneLine).filter((text) => text !== '');
  const y = HEIGHT - MARGIN + 8;
  const footRow = drawLine(foot.join(' | '), { x: MARGIN, y, size: FOOT_SIZE, color: SOFT });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="100%" height="100%" fill="${PAPER}"/><rect width="16" height="100%" fill="${ACCENT}"/><rect x="${MARGIN}" y="${HEIGHT - MARGIN - 62}" width="64" height="4" fill="${ACCENT}"/>${rows.join('')}${footRow}</svg>`;
}

/** Draws the picture that stands for an article where its address is shared. @returns a PNG */
export async function drawCard(card: SocialCard): Promise<Uint8Array> {
  return sharp(Buffer.from(cardSvg(card)))
    .png({ palette: true, compressionLevel: 9 })
    .toBuffer();
}
