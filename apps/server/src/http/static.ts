import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RequestHandler } from 'express';
import sirv from 'sirv';
import { appPolicy, cspHash, WORKER_POLICY } from './security-headers.js';

const ONE_YEAR_S = 31_536_000;

/** Hashes of the inline scripts a build wrote into its index.html. */
function inlineScriptHashes(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi)].map((match) =>
    cspHash(match[1] ?? ''),
  );
}

/**
 * The built web app: hashed files for a year, precompressed ones where the browser takes them, and
 * index.html, never cached, for every address that is a page.
 * @param folder the build; when it is absent every page says so plainly
 */
export function webApp(folder: string): RequestHandler {
  const index = path.join(folder, 'index.html');
  if (!existsSync(index)) {
    return (req, res, next) => {
      if (!wantsPage(req)) return next();
      res.status(503).type('text/plain; charset=utf-8');
      res.send('The web app has not been built yet. Run: npm run build\n');
    };
  }
  const html = readFileSync(index, 'utf8');
  const policy = appPolicy(inlineScriptHashes(html));
  const files = sirv(folder, {
    brotli: true,
    gzip: true,
    etag: true,
    setHeaders: (res, pathname) => {
      const isHashed = pathname.startsWith('/assets/');
      res.setHeader(
        'Cache-Control',
        isHashed ? `public, max-age=${ONE_YEAR_S}, immutable` : 'no-cache',
      );
      if (pathname === '/' || pathname.endsWith('.html')) {
        res.setHeader('Content-Security-Policy', policy);
      }
    },
  });
  return (req, res, next) => {
    const isPage = wantsPage(req);
    if (isPage) {
      // Here too: the hook above is skipped for a 304, whose headers the browser takes for the page.
      res.setHeader('Cache-Control', 'no-cache');
      res.setHeader('Content-Security-Policy', policy);
    }
    // For a 304 as well: the worker runs under the policy it came with.
    if (req.path === '/sw.js') res.setHeader('Content-Security-Policy', WORKER_POLICY);
    files(req, res, () => {
      if (!isPage) return next();
      // One page answers for all: the address is read by the app in the browser.
      req.url = '/';
      files(req, res, next);
    });
  };
}

/** A GET for a page: what a person types or follows, never a file or a script's request. */
function wantsPage(req: Parameters<RequestHandler>[0]): boolean {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  const isFile = req.path.startsWith('/assets/');
  return isRead && !isFile && req.accepts(['json', 'html']) === 'html';
}
