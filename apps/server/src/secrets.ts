import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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
  renameSync(draftOf(file, value), file);
}

/** The same, unless another process was first. */
function writePrivateJsonOnce(file: string, value: unknown): void {
  const draft = draftOf(file, value);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(draft);
  }
}

function draftOf(file: string, value: unknown): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  return draft;
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
 * (0600). Production with a DATABASE_URL never gets here without its own. Of processes that start at the same time the
 * first one makes them: with others each would refuse the sessions of the next.
 */
export function readSecrets(settings: Settings): Secrets {
  const { secrets, encryption, isEmbedded } = settings;
  if (secrets && (encryption || !isEmbedded)) return { ...secrets, encryption };
  const made = keptSecrets(path.resolve(settings.env.DATA_DIR, 'secrets.json'));
  return {
    ...made,
    ...secrets,
    // A file of before has none; the purpose is part of every key that is derived.
    encryption: encryption ?? { current: made.encryption ?? made.access, former: null },
  };
}

function keptSecrets(file: string): z.infer<typeof madeSecrets> {
  const random = () => randomBytes(48).toString('base64url');
  if (!existsSync(file))
    writePrivateJsonOnce(file, { access: random(), refresh: random(), encryption: random() });
  const kept = madeSecrets.safeParse(readPrivateJson(file)).data;
  if (!kept)
    throw new Error(
      `${file} holds no secrets. Without it new ones are made, and everybody signs in again.`,
    );
  return kept;
}
