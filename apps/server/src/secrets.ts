import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Settings } from './env.js';

const madeSecrets = z.object({ access: z.string().min(32), refresh: z.string().min(32) });

/** Reads a small JSON file that only its owner may read; undefined when there is none. */
export function readPrivateJson(file: string): unknown {
  if (!existsSync(file)) return undefined;
  chmodSync(file, 0o600);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Writes a small JSON file that only its owner may read; never half. */
export function writePrivateJson(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, file);
}

/**
 * The secrets of the environment, else random ones made once and kept in DATA_DIR/secrets.json
 * (0600). Production with a DATABASE_URL never gets here without its own.
 */
export function readSecrets(settings: Settings): { access: string; refresh: string } {
  if (settings.secrets) return settings.secrets;
  const file = path.resolve(settings.env.DATA_DIR, 'secrets.json');
  const known = madeSecrets.safeParse(readPrivateJson(file));
  if (known.success) return known.data;
  const made = {
    access: randomBytes(48).toString('base64url'),
    refresh: randomBytes(48).toString('base64url'),
  };
  writePrivateJson(file, made);
  return made;
}
