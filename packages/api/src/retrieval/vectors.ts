/** A vector of length 1 in the same direction; of zeros where there is none. */
export function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((component) => (length > 0 ? component / length : 0));
}

/** The cosine of two vectors of length 1. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/** A `1` for every component above zero, as Postgres reads a bit string. */
export function signBits(vector: Float32Array): string {
  let bits = '';
  for (const component of vector) bits += component > 0 ? '1' : '0';
  return bits;
}

/** As it is stored: little-endian floats of 4 bytes. */
export function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, component] of vector.entries()) bytes.writeFloatLE(component, at * 4);
  return bytes;
}

/** What `toBytes` wrote. */
export function fromBytes(bytes: Buffer): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = new Float32Array(bytes.byteLength >> 2);
  for (let at = 0; at < vector.length; at += 1) vector[at] = view.getFloat32(at * 4, true);
  return vector;
}
