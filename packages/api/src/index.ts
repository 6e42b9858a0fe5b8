export { createAccessTokens } from './auth/access-tokens.js';
export { createPasswords } from './auth/passwords.js';
export {
  type ApiConfig,
  type Auth,
  type Context,
  createContext,
  type RequestInfo,
  type Services,
  type SessionCookies,
} from './context.js';
export { AppError, toAppError } from './errors.js';
export { createRateLimits, type RateLimits } from './rate-limits.js';
export { type AppRouter, appRouter, createCaller } from './router.js';
export type { Meta, OurErrorShape } from './trpc.js';
