import {
  authenticateAccessToken,
  type LivePublication,
  readerKeyOf,
  viewDayOf,
} from '@ainotebook/api';
import type { Request, Response } from 'express';
import { isbot } from 'isbot';
import type { AppDeps } from '../app.js';
import { readReaderToken } from '../cookies.js';

/** A browser that loads a page before anybody has asked for it. */
function isPrefetch(req: Request): boolean {
  const purpose = `${req.headers['sec-purpose']} ${req.headers.purpose} ${req.headers['x-moz']}`;
  return /prefetch|prerender|preview/i.test(purpose);
}

/** Whether a request is of a person who reads the page now: neither a program nor a prefetch. */
export function isPerson(req: Request): boolean {
  const userAgent = req.headers['user-agent'];
  return req.method === 'GET' && !!userAgent && !isbot(userAgent) && !isPrefetch(req);
}

/** The signed-in reader of a page; null for a visitor, as whose session has ended becomes one. */
export async function viewerIdOf(
  req: Request,
  services: AppDeps['services'],
): Promise<string | null> {
  const token = readReaderToken(req, services.config.appUrl);
  const viewer = await authenticateAccessToken(services, token, 'read').catch(() => null);
  return viewer?.userId ?? null;
}

/**
 * Counts readers of published articles after they have been answered; a count that fails costs the
 * reader nothing. Programs, prefetches and the author do not count.
 */
export function viewCounter({ services, log }: AppDeps) {
  const { config, views } = services;

  async function count(req: Request, publication: LivePublication): Promise<void> {
    const userAgent = req.headers['user-agent'] ?? '';
    const viewerId = await viewerIdOf(req, services);
    if (viewerId === publication.authorId) return;
    const day = viewDayOf(new Date());
    const reader = { userId: viewerId, ip: req.ip ?? '', userAgent };
    const readerKey = readerKeyOf(config.tokenSecret, day, reader);
    await views.count({ articleId: publication.articleId, readerKey, day });
  }

  return (req: Request, res: Response, publication: LivePublication): void => {
    if (!isPerson(req)) return;
    res.once('finish', () => {
      count(req, publication).catch((error: unknown) => {
        log.warn('A view could not be counted', { err: error });
      });
    });
  };
}
