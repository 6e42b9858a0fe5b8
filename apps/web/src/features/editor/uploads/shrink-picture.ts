/** Longest sides in pixels, tried one after the other. */
const SIDES = [4096, 3072, 2048, 1600];
const QUALITY = 0.85;
/** What a smaller one is made as. WebP keeps what is transparent; a browser that cannot write it writes PNG. */
const MADE_AS: Record<string, string> = {
  'image/jpeg': 'image/jpeg',
  'image/png': 'image/webp',
  'image/webp': 'image/webp',
};
const ENDINGS: Record<string, string> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
};

/** A smaller copy of a photo that has at most `maxBytes`; null where none can be made. */
export async function shrinkPicture(file: File, maxBytes: number): Promise<File | null> {
  const type = MADE_AS[file.type];
  if (type === undefined || (await moves(file))) return null;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  try {
    for (const side of SIDES) {
      const blob = await draw(picture, { side, type });
      if (blob && blob.size <= maxBytes) {
        const name = file.name.replace(/\.\w+$/, '') + (ENDINGS[blob.type] ?? '');
        return new File([blob], name, { type: blob.type });
      }
    }
    return null;
  } finally {
    picture.close();
  }
}

function draw(
  picture: ImageBitmap,
  { side, type }: { side: number; type: string },
): Promise<Blob | null> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d');
  if (!context) return Promise.resolve(null);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
}

/** Whether a WebP is an animation, of which a canvas would keep one frame. @see RFC 9649, 2.7 */
async function moves(file: File): Promise<boolean> {
  if (file.type !== 'image/webp') return false;
  const head = new DataView(await file.slice(0, 21).arrayBuffer());
  const VP8X = 0x56503858;
  return head.byteLength === 21 && head.getUint32(12) === VP8X && (head.getUint8(20) & 2) !== 0;
}
