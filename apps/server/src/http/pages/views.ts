import {
  authenticateAccessToken,
  countView,
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

/**
 * Counts readers of published articles after they have been answered; a count that fails costs the
 * reader nothing. Programs, prefetches and the author do not count.
 */
export function viewCounter({ services, log }: AppDeps) {
  const { config, db } = services;

  async function count(req: Request, publication: LivePublication): Promise<void> {
    const userAgent = req.headers['user-agent'] ?? '';
    // A session that has ended makes its holder a visitor like any other.
    const viewer = await authenticateAccessToken(
      services,
      readReaderToken(req, config.appUrl),
      'read',
    ).catch(() => null);
    const day = viewDayOf(new Date());
    const viewerId = viewer?.userId ?? null;
    const reader = { userId: viewerId, ip: req.ip ?? '', userAgent };
    await countView(db, {
      articleId: publication.articleId,
      readerKey: readerKeyOf(config.tokenSecret, day, reader),
      day,
      viewerId,
    });
  }

  return (req: Request, res: Response, publication: LivePublication): void => {
    const userAgent = req.headers['user-agent'];
    if (req.method !== 'GET' || !userAgent || isbot(userAgent) || isPrefetch(req)) return;
    res.once('finish', () => {
      count(req, publication).catch((error: unknown) => {
        log.warn('A view could not be counted', { err: error });
      });
    });
  };
}
