// node scripts/icons.mjs: draws the PNG icons of an installed app from public/favicon.svg.
import { mkdir, readFile } from 'node:fs/promises';
import sharp from 'sharp';

const folder = new URL('../public/', import.meta.url);
const svg = await readFile(new URL('favicon.svg', folder), 'utf8');
const icons = new URL('icons/', folder);
await mkdir(icons, { recursive: true });

const [, ground = ''] = /<rect[^>]*fill="([^"]+)"/.exec(svg) ?? [];
if (!ground) throw new Error('favicon.svg has no ground to extend');
/** A system cuts its own shape out of it: the ground fills the square, the mark stays in the middle. */
const maskable = svg
  .replace(/<rect[^>]*\/>/, `<rect width="32" height="32" fill="${ground}"/>`)
  .replace(
    /(<path.*)<\/svg>/,
    '<g transform="translate(16 16) scale(.82) translate(-16 -16)">$1</g></svg>',
  );

const draw = (text, size, name) =>
  sharp(Buffer.from(text), { density: (72 * size) / 32 })
    .resize(size, size)
    .png({ compressionLevel: 9, palette: true })
    .toFile(new URL(name, icons).pathname);

await draw(svg, 192, 'icon-192.png');
await draw(svg, 512, 'icon-512.png');
await draw(maskable, 512, 'maskable-512.png');
// iOS rounds the corners itself and shows no transparency.
await draw(maskable, 180, 'apple-touch-icon.png');
