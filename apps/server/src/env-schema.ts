import { z } from 'zod';
import { accountVariables } from './env/accounts.js';
import { aiVariables } from './env/ai.js';
import { applicationVariables } from './env/application.js';
import { dataVariables } from './env/data.js';
import { fileVariables } from './env/files.js';
import type { VariableMeta } from './env/kinds.js';
import { operationVariables } from './env/operation.js';
import { paymentVariables } from './env/payment.js';

/** Every variable the server reads. `.env.example` is generated from it. */
export const envSchema = z.object({
  ...applicationVariables,
  ...dataVariables,
  ...accountVariables,
  ...aiVariables,
  ...paymentVariables,
  ...fileVariables,
  ...operationVariables,
});

export type Env = z.infer<typeof envSchema>;
export type EnvName = keyof typeof envSchema.shape;

/** Names in the order of `.env.example`. */
// Object.keys forgets the key type of an object literal.
export const envNames = Object.keys(envSchema.shape) as EnvName[];

/** What is said of a variable. */
export function variableMeta(name: EnvName): VariableMeta {
  // Every variable above is given this shape by `about`.
  return envSchema.shape[name].meta() as unknown as VariableMeta;
}
