/** 128 random bits in hexadecimal. Not `crypto.randomUUID`, which pages without https lack. */
export function randomHex(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** An id that the client makes: a UUID of version 7. */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomHex();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-a${random.slice(3, 6)}-${random.slice(6, 18)}`;
}
