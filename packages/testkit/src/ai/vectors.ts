/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  // The low bits of FNV are poor; this mixes the high ones in.
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/**
 * The vector a stand-in gives a text: its pairs of characters, hashed. The same text always has the same one, and
 * texts with words in common are near each other; it knows nothing of meaning. Not of length 1, as a provider's
 * need not be.
 */
export function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const folded = ` ${text.toLowerCase().replace(/\s+/g, ' ').trim()} `;
  for (let at = 0; at + 1 < folded.length; at += 1) {
    const value = hash(folded.slice(at, at + 2));
    const index = value % dimensions;
    vector[index] = (vector[index] ?? 0) + (value & 0x80000000 ? 1 : -1);
  }
  if (!vector.some((x) => x !== 0)) vector[0] = 1;
  return vector;
}
