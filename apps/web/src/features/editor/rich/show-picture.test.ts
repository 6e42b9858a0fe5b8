import { expect, it, vi } from 'vitest';
import { showPicture } from './show-picture.js';

const OWN = '/api/files/01890a5d-ac96-774b-bcce-b302099a8057';
const SIZES = {
  width: 900,
  height: 600,
  widths: [480, 900],
  placeholder: 'data:image/webp;base64,AAAA',
};
const attrs = (src: string, alt = '') => ({ src, alt, title: null });

it('gives a picture of the writer its size and smaller files before it is fetched', async () => {
  const img = document.createElement('img');
  const show = showPicture(async () => SIZES);
  show(img, attrs(OWN));
  expect(img.getAttribute('src')).toBeNull();
  await vi.waitFor(() => expect(img.getAttribute('src')).toBe(OWN));
  expect(img.getAttribute('srcset')).toBe(`${OWN}/480.webp 480w, ${OWN}/900.webp 900w`);
  expect([img.width, img.height]).toEqual([900, 600]);
  show(img, attrs(OWN, 'words'));
  expect([img.alt, img.getAttribute('src')]).toEqual(['words', OWN]);
});

it('shows the picture itself where nothing is known of it, and others as they are', async () => {
  const img = document.createElement('img');
  const refuse = vi.fn(() => Promise.reject(new Error('not found')));
  const show = showPicture(refuse);
  show(img, attrs(OWN));
  await vi.waitFor(() => expect(img.getAttribute('src')).toBe(OWN));
  expect(img.hasAttribute('srcset')).toBe(false);
  show(img, attrs('https://example.org/a.png'));
  expect(img.getAttribute('src')).toBe('https://example.org/a.png');
  expect(refuse).toHaveBeenCalledTimes(1);
});

it('shows the last picture when answers come in another order', async () => {
  const img = document.createElement('img');
  let answer: (sizes: typeof SIZES) => void = () => undefined;
  const show = showPicture(() => new Promise((resolve) => (answer = resolve)));
  show(img, attrs(OWN));
  show(img, attrs('/other.png'));
  answer(SIZES);
  await Promise.resolve();
  expect([img.getAttribute('src'), img.hasAttribute('srcset')]).toEqual(['/other.png', false]);
});

it('shows a few pixels of it until it is there, or is known not to come', async () => {
  for (const end of ['load', 'error']) {
    const img = document.createElement('img');
    showPicture(async () => SIZES)(img, attrs(OWN));
    await vi.waitFor(() => expect(img.style.background).toContain(SIZES.placeholder));
    img.dispatchEvent(new Event(end));
    expect(img.style.background).toBe('');
  }
});
