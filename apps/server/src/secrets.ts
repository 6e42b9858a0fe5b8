import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Settings } from './env.js';

const secret = z.string().min(32);
const madeSecrets = z.object({ access: secret, refresh: secret, encryption: secret.optional() });

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

/** What this server signs and seals with. */
export interface Secrets {
  access: string;
  refresh: string;
  /** Null where a server that brings its own secrets brings none of these. */
  encryption: { current: string; former: string | null } | null;
}

/**
 * The secrets of the environment, else random ones made once and kept in DATA_DIR/secrets.json
 * (0600). Production with a DATABASE_URL never gets here without its own.
 */
export function readSecrets(settings: Settings): Secrets {
  const { secrets, encryption, isEmbedded } = settings;
  if (secrets && (encryption || !isEmbedded)) return { ...secrets, encryption };
  const file = path.resolve(settings.env.DATA_DIR, 'secrets.json');
  const known = madeSecrets.safeParse(readPrivateJson(file)).data;
  const random = () => randomBytes(48).toString('base64url');
  const made = {
    access: known?.access ?? random(),
    refresh: known?.refresh ?? random(),
    encryption: known?.encryption ?? random(),
  };
  if (!known?.encryption) writePrivateJson(file, made);
  return {
    ...made,
    ...secrets,
    encryption: encryption ?? { current: made.encryption, former: null },
  };
}
