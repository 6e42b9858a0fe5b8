import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

/** A key that cannot be used; the message says what is wrong with it and never shows any of it. */
export class KeyError extends Error {
  override name = 'KeyError';
}

const MIN_BITS = 2048;

/** What people paste: PEM, PEM on one line with `\n`, or the base64 without its frame. */
function normalise(value: string): { label: string | null; base64: string } {
  const text = value
    .trim()
    .replace(/^["']|["']$/g, '')
    .replace(/\\r|\\n/g, '\n');
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1] ?? null;
  const base64 = text.replace(/-----[A-Z0-9 ]+-----/g, '').replace(/\s+/g, '');
  return { label, base64 };
}

function derOf(value: string): { label: string | null; der: Buffer } {
  const { label, base64 } = normalise(value);
  if (base64 === '') throw new KeyError('is empty');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new KeyError('is neither PEM nor base64');
  return { label, der: Buffer.from(base64, 'base64') };
}

/** The first reading that works. */
function firstOf(readings: (() => KeyObject)[]): KeyObject | null {
  for (const read of readings) {
    try {
      return read();
    } catch {}
  }
  return null;
}

function requireRsa(key: KeyObject): KeyObject {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa') throw new KeyError('is not an RSA key');
  if (bits < MIN_BITS) throw new KeyError(`has ${bits} bits; ${MIN_BITS} or more are needed`);
  return key;
}

const asPrivate = (der: Buffer) =>
  firstOf([
    () => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
    () => createPrivateKey({ key: der, format: 'der', type: 'pkcs1' }),
  ]);
const asPublic = (der: Buffer) =>
  firstOf([
    () => createPublicKey({ key: der, format: 'der', type: 'spki' }),
    () => createPublicKey({ key: der, format: 'der', type: 'pkcs1' }),
  ]);
const asCertificate = (der: Buffer) => firstOf([() => new X509Certificate(der).publicKey]);

/** An RSA private key, PKCS#8 or PKCS#1, in any of the forms people paste. @throws KeyError */
export function readPrivateKey(value: string): KeyObject {
  const { label, der } = derOf(value);
  if (label?.includes('ENCRYPTED')) throw new KeyError('is protected by a password');
  const key = asPrivate(der);
  if (key) return requireRsa(key);
  if (asPublic(der)) throw new KeyError('is a public key; the private one belongs here');
  if (asCertificate(der)) throw new KeyError('is a certificate; the private key belongs here');
  throw new KeyError('is no key that can be read; was it cut off?');
}

/** An RSA public key, in any of the forms people paste. @throws KeyError */
export function readPublicKey(value: string): KeyObject {
  const { der } = derOf(value);
  // A private key would be read as its public part.
  if (asPrivate(der)) throw new KeyError('is a private key; a public one belongs here');
  const key = asPublic(der);
  if (key) return requireRsa(key);
  if (asCertificate(der)) throw new KeyError('is a certificate; the public key belongs here');
  throw new KeyError('is no key that can be read; was it cut off?');
}

/** A certificate, its key, and the serial number by which its owner names it. @throws KeyError */
export function readCertificate(value: string): {
  pem: string;
  serial: string;
  publicKey: KeyObject;
} {
  const { der } = derOf(value);
  try {
    const certificate = new X509Certificate(der);
    const publicKey = requireRsa(certificate.publicKey);
    return { pem: certificate.toString(), serial: certificate.serialNumber, publicKey };
  } catch (error) {
    if (error instanceof KeyError) throw error;
    throw new KeyError(
      'is no certificate that can be read (a .p12 is none: take the .pem beside it)',
    );
  }
}

/** Whether both are of one pair. */
export function isPair(privateKey: KeyObject, publicKey: KeyObject): boolean {
  return createPublicKey(privateKey).equals(publicKey);
}
