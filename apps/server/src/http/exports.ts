import { pipeline } from 'node:stream/promises';
import {
  AppError,
  authenticateAccessToken,
  type OpenedExport,
  openExport,
  type Services,
} from '@ainotebook/api';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { readRange } from './byte-range.js';
import { readReaderToken } from './cookies.js';
import { orUnavailable } from './files.js';

/** `GET /api/exports/:id`: the archive of an export, to its owner. */
export function exportsEdge({ services }: { services: Services }): Router {
  const { config, limits, blobs } = services;
  const router = Router();

  /** A browser that downloads sends its cookie, a program its token. */
  async function ownerOf(req: Request): Promise<string> {
    const bearer = /^Bearer (\S{1,4096})$/i.exec(req.headers.authorization ?? '')?.[1];
    const auth = bearer
      ? await authenticateAccessToken(services, bearer, 'api')
      : await authenticateAccessToken(services, readReaderToken(req, config.appUrl), 'read');
    if (!auth) throw new AppError('unauthenticated', 'Sign in first');
    return auth.userId;
  }

  router.get('/:id', async (req, res) => {
    await limits.consume('read', { ip: req.ip ?? '', userId: null });
    const id = z.uuid().safeParse(req.params.id).data;
    const userId = await ownerOf(req);
    const archive = id ? await openExport(services, { id, userId }) : null;
    if (!archive) throw new AppError('not_found', 'Not found');
    await send(req, res, archive);
  });

  async function send(req: Request, res: Response, archive: OpenedExport): Promise<void> {
    const { size, key } = archive;
    const etag = `"${key.slice(3)}"`;
    const range = readRange(req, { size, etag });
    if (range === 'unsatisfiable') {
      res.setHeader('Content-Range', `bytes */${size}`);
      return void res.status(416).end();
    }
    const body = await blobs.open(key, range ?? undefined).catch((error: unknown) => {
      throw orUnavailable(error);
    });
    if (!body) throw new AppError('not_found', 'Not found');
    res.attachment(archive.name);
    res.setHeader('Content-Type', 'application/zip');
    res.setHeader('Cache-Control', 'private, no-store');
    res.setHeader('ETag', etag);
    res.setHeader('Accept-Ranges', 'bytes');
    if (range) {
      res.status(206);
      res.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
    }
    res.setHeader('Content-Length', range ? range.end - range.start + 1 : size);
    if (req.method === 'HEAD') {
      body.destroy();
      return void res.end();
    }
    // A reader who leaves is no failure of ours.
    await pipeline(body, res).catch((error: unknown) => {
      if (!req.destroyed && !res.destroyed) throw error;
    });
  }

  return router;
}
