import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';

/** Nothing may load or run: right for JSON, texts and errors. */
const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FIXED: [string, string][] = [
  ['Content-Security-Policy', CLOSED],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
];

const ONE_YEAR_S = 31_536_000;

/** Sets the headers of every answer; a page widens the content policy for itself. */
export const securityHeaders: RequestHandler = (req, res, next) => {
  for (const [name, value] of FIXED) res.setHeader(name, value);
  // Over plain http a browser ignores it, and a forwarded scheme counts only from a trusted proxy.
  if (req.secure) res.setHeader('Strict-Transport-Security', `max-age=${ONE_YEAR_S}`);
  next();
};

/** The same headers as lines, for answers written to a socket by hand. */
export const rawSecurityHeaders = FIXED.map(([name, value]) => `${name}: ${value}`).join('\r\n');

/** `'sha256-...'` of an inline script or style. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Where a CDN has the web app, as a source of a policy: its folder, since others may share the name. */
const cdnSource = (base: string | null): string[] => (base === null ? [] : [`${base}/assets/`]);

/**
 * The policy of the web app's shell; `inlineScripts` are hashes of those the build wrote into it.
 * @param cdn address of the CDN that has the build; null without one
 */
export function appPolicy(inlineScripts: readonly string[], cdn: string | null): string {
  return [
    "default-src 'self'",
    ["script-src 'self'", ...cdnSource(cdn), ...inlineScripts].join(' '),
    // The toast and dialog libraries add style elements while running; scripts stay strict.
    ["style-src 'self' 'unsafe-inline'", ...cdnSource(cdn)].join(' '),
    "img-src 'self' https: data: blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The policy of the service worker, which asks this server, or the CDN, for the app's own files. */
export function workerPolicy(cdn: string | null): string {
  return [`${CLOSED}; connect-src 'self'`, ...cdnSource(cdn)].join(' ');
}

/**
 * The policy of a page rendered here: its own inline style and script, and images; `form` lets it
 * send a form to this server.
 */
export function pagePolicy(hashes: { style: string; script: string; form?: boolean }): string {
  return [
    "default-src 'none'",
    `style-src ${hashes.style}`,
    `script-src ${hashes.script}`,
    "img-src 'self' https: data:",
    // The page's script asks nothing; what audits a page asks for robots.txt from within it.
    "connect-src 'self'",
    "base-uri 'none'",
    `form-action ${hashes.form ? "'self'" : "'none'"}`,
    "frame-ancestors 'none'",
  ].join('; ');
}
