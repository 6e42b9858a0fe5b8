import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';

/** argon2id with the parameters OWASP recommends: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Passwords {
  hash(password: string): Promise<string>;
  /** With `passwordHash` null it takes as long and answers false: unknown names cost the same. */
  verify(passwordHash: string | null, password: string): Promise<boolean>;
}

/** @param concurrency hashes at once; more would let a flood of sign-ins take every core */
export function createPasswords(concurrency = 2): Passwords {
  const limit = pLimit(concurrency);
  let dummy: Promise<string> | undefined;
  return {
    hash: (password) => limit(() => hash(password, PARAMETERS)),
    verify: async (passwordHash, password) => {
      dummy ??= limit(() => hash(randomBytes(16).toString('hex'), PARAMETERS));
      const target = passwordHash ?? (await dummy);
      const matches = await limit(() => verify(target, password));
      return matches && passwordHash !== null;
    },
  };
}
