import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { AppError } from '../errors.js';

/** argon2id with the parameters OWASP recommends: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes that may wait; more are refused at once, so that a flood cannot queue for minutes. */
const MAX_WAITING = 100;

export interface Passwords {
  /** @throws AppError unavailable (too many hashes are waiting) */
  hash(password: string): Promise<string>;
  /**
   * With `passwordHash` null or no argon2 hash (an account without a password) it takes as long and
   * answers false: unknown names cost the same.
   * @throws AppError unavailable (too many hashes are waiting)
   */
  verify(passwordHash: string | null, password: string): Promise<boolean>;
}

/**
 * Hashes and checks passwords, compared in Unicode NFKC.
 * @param concurrency hashes at once; more would let a flood of sign-ins take every core
 */
export function createPasswords(concurrency = 2): Passwords {
  const limit = pLimit(concurrency);
  let dummy: Promise<string> | undefined;
  const refuseFlood = () => {
    if (limit.pendingCount < MAX_WAITING) return;
    throw new AppError('unavailable', 'The server is busy; try again shortly', {
      retryAfterMs: 2000,
    });
  };
  return {
    hash: async (password) => {
      refuseFlood();
      return limit(() => hash(password.normalize('NFKC'), PARAMETERS));
    },
    verify: async (passwordHash, password) => {
      refuseFlood();
      dummy ??= limit(() => hash(randomBytes(16).toString('hex'), PARAMETERS));
      const isReal = passwordHash?.startsWith('$argon2') ?? false;
      const target = isReal && passwordHash !== null ? passwordHash : await dummy;
      const matches = await limit(() => verify(target, password.normalize('NFKC')));
      return matches && isReal;
    },
  };
}
