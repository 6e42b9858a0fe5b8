import { readFileSync } from 'node:fs';
import path from 'node:path';

const PATIENCE_MS = 5_000;

/** The script a build starts with, as its page names it: `/assets/index-1a2b.js`. */
export function entryOf(html: string): string | null {
  return /<script[^>]*\ssrc="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? null;
}

export interface CdnOptions {
  /** Address without `/` at its end. */
  base: string;
  /** The web build. */
  folder: string;
  /** Origin of the pages that load it. */
  origin: string;
}

/**
 * Asks a CDN for the script that the build starts with, as a browser does.
 * @returns why browsers could not run the build from there; null when they can
 */
export async function checkCdn({ base, folder, origin }: CdnOptions): Promise<string | null> {
  const entry = entryOf(readFileSync(path.join(folder, 'index.html'), 'utf8'));
  if (entry === null) return 'the build names no script in /assets/';
  const address = base + entry;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(address, { headers: { origin }, signal });
    const body = Buffer.from(await response.arrayBuffer());
    const allowed = response.headers.get('access-control-allow-origin');
    if (!response.ok) return `${address} is answered with ${response.status}`;
    if (allowed !== '*' && allowed !== origin) {
      return `${address} comes without Access-Control-Allow-Origin for ${origin}: add a CORS rule to the bucket or the CDN`;
    }
    if (!/^(text|application)\/javascript\b/.test(response.headers.get('content-type') ?? '')) {
      return `${address} does not come as JavaScript`;
    }
    return body.equals(readFileSync(path.join(folder, entry)))
      ? null
      : `${address} is another file`;
  } catch (error) {
    return `${address} cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
  }
}
