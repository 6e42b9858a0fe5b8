import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps keys of providers so that a dump of the database opens none of them. */
export interface KeyBox {
  /** @param place what the key is for; sealed for one place, it opens at no other */
  seal(key: string, place: string): string;
  /** Null where it was sealed under a secret that is not here, for another place, or is damaged. */
  open(sealed: string, place: string): string | null;
  /** Whether it is sealed under the secret of today. */
  isCurrent(sealed: string): boolean;
}

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';

/**
 * AES-256-GCM under a key derived from a secret of the operator.
 * @param secrets.former what was sealed under it still opens: the way to another secret
 */
export function createKeyBox(secrets: { current: string; former: string | null }): KeyBox {
  const current = keyOf(secrets.current);
  const keys = secrets.former === null ? [current] : [current, keyOf(secrets.former)];
  return {
    seal(key, place) {
      const iv = randomBytes(12);
      const cipher = createCipheriv(ALGORITHM, current.key, iv).setAAD(Buffer.from(place));
      const hidden = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()]);
      const parts = [iv, hidden, cipher.getAuthTag()].map((part) => part.toString('base64url'));
      return [VERSION, current.id, ...parts].join('.');
    },
    open(sealed, place) {
      const [version, id, ...parts] = sealed.split('.');
      const [iv, hidden, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
      const known = keys.find((key) => key.id === id);
      if (version !== VERSION || !known || !iv || !hidden || tag?.length !== 16) return null;
      try {
        const decipher = createDecipheriv(ALGORITHM, known.key, iv, { authTagLength: 16 })
          .setAAD(Buffer.from(place))
          .setAuthTag(tag);
        return Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
    isCurrent: (sealed) => sealed.startsWith(`${VERSION}.${current.id}.`),
  };
}

/** The key of a secret, and a name for it that tells nothing of either. */
function keyOf(secret: string): { id: string; key: Buffer } {
  const derive = (use: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', `ainotebook ${use}`, length));
  return { id: derive('name of the key', 6).toString('base64url'), key: derive('key box', 32) };
}
