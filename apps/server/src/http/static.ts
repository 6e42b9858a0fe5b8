import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RequestHandler } from 'express';
import sirv from 'sirv';
import { appPolicy, cspHash, workerPolicy } from './security-headers.js';

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
 * @param cdnBase address of a CDN that has this build at the moment; null when pages are to name this server
 */
export function webApp(folder: string, cdnBase: () => string | null): RequestHandler {
  const index = path.join(folder, 'index.html');
  if (!existsSync(index)) {
    return (req, res, next) => {
      if (!wantsPage(req)) return next();
      res.status(503).type('text/plain; charset=utf-8');
      res.send('The web app has not been built yet. Run: npm run build\n');
    };
  }
  const html = readFileSync(index, 'utf8');
  const policyOf = (cdn: string | null) => appPolicy(inlineScriptHashes(html), cdn);
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
        res.setHeader('Content-Security-Policy', policyOf(null));
      }
    },
  });
  return (req, res, next) => {
    const isPage = wantsPage(req);
    const cdn = cdnBase();
    if (isPage) {
      // Here too: the hook above is skipped for a 304, whose headers the browser takes for the page.
      res.setHeader('Cache-Control', 'no-cache');
      res.setHeader('Content-Security-Policy', policyOf(cdn));
    }
    if (req.path === '/sw.js') {
      // For a 304 as well: the worker runs under the policy it came with.
      res.setHeader('Content-Security-Policy', workerPolicy(cdn));
      res.setHeader('Cache-Control', 'no-cache');
      if (cdn !== null) return void res.type('text/javascript').send(workerWith(folder, cdn));
    }
    const sendShell = () => {
      if (cdn !== null) {
        res.setHeader('Cache-Control', 'no-cache');
        res.setHeader('Content-Security-Policy', policyOf(cdn));
        return void res.type('html').send(withCdn(html, cdn));
      }
      // One page answers for all: the address is read by the app in the browser.
      req.url = '/';
      files(req, res, next);
    };
    const isShell = /^\/(index\.html)?$/.test(req.path);
    if (isShell && cdn !== null) return sendShell();
    files(req, res, () => (isPage ? sendShell() : next()));
  };
}

/** The page with the addresses of the CDN in place of ours. */
function withCdn(html: string, cdn: string): string {
  return html.replace(/(\s(?:src|href)=")(\/assets\/)/g, `$1${cdn}$2`);
}

/** The service worker, told where pages load the app from. */
function workerWith(folder: string, cdn: string): string {
  const script = readFileSync(path.join(folder, 'sw.js'), 'utf8');
  return `self.CDN = ${JSON.stringify(cdn)};\n${script}`;
}

/** A GET for a page: what a person types or follows, never a file or a script's request. */
function wantsPage(req: Parameters<RequestHandler>[0]): boolean {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  const isFile = req.path.startsWith('/assets/');
  return isRead && !isFile && req.accepts(['json', 'html']) === 'html';
}
