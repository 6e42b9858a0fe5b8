import { createSecretKey } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

/** `api` opens procedures; `read` opens GET pages and files, from the `reader` cookie. */
export type TokenAudience = 'api' | 'read';

export interface AccessTokenClaims {
  userId: string;
  sessionId: string;
  /** The user's epoch when the token was made. */
  epoch: number;
}

export interface AccessTokens {
  sign(
    claims: AccessTokenClaims,
    audience: TokenAudience,
  ): Promise<{ token: string; expiresAt: Date }>;
  /** @returns null for anything that is not a live token of ours for `audience` */
  verify(token: string, audience: TokenAudience): Promise<AccessTokenClaims | null>;
}

const ISSUER = 'ainotebook';
const ALGORITHM = 'HS256';

/** Signs and verifies access tokens (JWT, HS256 pinned). `ttlMs` is that of `api` tokens. */
export function createAccessTokens(options: {
  secret: string;
  ttlMs: number;
  readTtlMs: number;
}): AccessTokens {
  const key = createSecretKey(Buffer.from(options.secret, 'utf8'));
  return {
    sign: async ({ userId, sessionId, epoch }, audience) => {
      const ttlMs = audience === 'api' ? options.ttlMs : options.readTtlMs;
      const expiresAt = new Date(Math.floor((Date.now() + ttlMs) / 1000) * 1000);
      const token = await new SignJWT({ sid: sessionId, epoch })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(key);
      return { token, expiresAt };
    },
    verify: async (token, audience) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience,
          typ: 'at+jwt',
          requiredClaims: ['sub', 'exp', 'sid', 'epoch'],
          clockTolerance: 30,
        });
        const { sub, sid, epoch } = payload;
        if (typeof sub !== 'string' || typeof sid !== 'string' || typeof epoch !== 'number')
          return null;
        return { userId: sub, sessionId: sid, epoch };
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}
