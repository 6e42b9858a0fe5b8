import type { SessionCookies } from '@ainotebook/api';
import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';

/** Hosts on which a browser keeps cookies of plain http apart from the network. */
export function isLoopbackName(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}

/**
 * True when session cookies carry `__Host-` and `Secure`: always, but on plain http to this very
 * machine, where a browser would drop them.
 */
function usesSecureCookies(req: Request, appUrl: string): boolean {
  if (req.secure || !isLoopbackName(req.headers.host ?? '')) return true;
  return new URL(appUrl).protocol === 'https:';
}

function names(req: Request, appUrl: string) {
  const prefix = usesSecureCookies(req, appUrl) ? '__Host-' : '';
  return {
    refresh: `${prefix}refresh`,
    reader: `${prefix}reader`,
    hint: `${prefix}signed-in`,
  };
}

function read(req: Request, name: string): string | null {
  const header = req.headers.cookie;
  return (header && parseCookie(header)[name]) || null;
}

/** A cookie of one page, gone with the browser's session. */
export function readPageCookie(req: Request, name: string): string | null {
  return read(req, name);
}

/** Sets a cookie that the browser sends to `path` alone, out of reach of scripts. */
export function writePageCookie(
  req: Request,
  res: Response,
  cookie: { name: string; value: string; path: string; appUrl: string },
): void {
  const { appUrl, ...rest } = cookie;
  const secure = usesSecureCookies(req, appUrl);
  const line = stringifySetCookie({ ...rest, httpOnly: true, sameSite: 'lax', secure });
  res.appendHeader('Set-Cookie', line);
}

/** The token of the `reader` cookie, which opens GET pages and files only. */
export function readReaderToken(req: Request, appUrl: string): string | null {
  return read(req, names(req, appUrl).reader);
}

/** True when the request carries a session cookie of ours. */
export function hasSessionCookie(req: Request, appUrl: string): boolean {
  const { refresh, reader } = names(req, appUrl);
  return read(req, refresh) !== null || read(req, reader) !== null;
}

/**
 * Where a browser's session is kept: refresh Strict, reader Lax, both out of reach of scripts. A
 * third one holds nothing but tells the app that there is a session to ask for, so that a visitor's
 * page asks for none.
 */
export function sessionCookies(req: Request, res: Response, appUrl: string): SessionCookies {
  const { refresh, reader, hint } = names(req, appUrl);
  const secure = usesSecureCookies(req, appUrl);
  const set = (cookie: Pick<SetCookie, 'name' | 'value' | 'expires' | 'sameSite' | 'httpOnly'>) => {
    res.appendHeader(
      'Set-Cookie',
      stringifySetCookie({ httpOnly: true, ...cookie, path: '/', secure }),
    );
  };
  return {
    readRefreshToken: () => read(req, refresh),
    write: ({ refreshToken, readerToken, expiresAt: expires }) => {
      set({ name: refresh, value: refreshToken, expires, sameSite: 'strict' });
      set({ name: reader, value: readerToken, expires, sameSite: 'lax' });
      set({ name: hint, value: '1', expires, sameSite: 'strict', httpOnly: false });
    },
    clear: () => {
      const expires = new Date(0);
      set({ name: refresh, value: '', expires, sameSite: 'strict' });
      set({ name: reader, value: '', expires, sameSite: 'lax' });
      set({ name: hint, value: '', expires, sameSite: 'strict', httpOnly: false });
    },
  };
}
