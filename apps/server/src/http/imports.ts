import { AppError, createFileImport, requireRoomForImport, type Services } from '@ainotebook/api';
import { receiveAnyFile } from '@ainotebook/files';
import { type Request, type Response, Router } from 'express';
import type { Logger } from '../logger.js';
import { requireAuth } from './request-context.js';
import { answerUpload } from './uploads.js';

/** Sources of one process that are received at the same time. */
const MAX_UPLOADS = 16;

/** `POST /api/imports` takes one file of a multipart form, of any kind, and answers its import session. */
export function importsEdge({ services, log }: { services: Services; log: Logger }): Router {
  const { config, blobs, db } = services;
  const router = Router();
  let uploads = 0;

  async function upload(req: Request, res: Response): Promise<void> {
    const call = { limit: 'upload', scope: 'imports:write' } as const;
    const auth = await requireAuth(services, { req, res }, call);
    await requireRoomForImport(db, auth.userId);
    if (uploads >= MAX_UPLOADS) {
      throw new AppError('unavailable', 'The server is busy; try again shortly', {
        retryAfterMs: 2000,
      });
    }
    uploads += 1;
    try {
      const received = await receiveAnyFile(req, {
        tempFolder: blobs.tempFolder,
        maxBytes: config.maxImportBytes,
      });
      res.status(201).json(await createFileImport(services, auth, received));
    } finally {
      uploads -= 1;
    }
  }

  router.post('/', (req, res) =>
    answerUpload({ req, res, log, maxBytes: config.maxImportBytes }, () => upload(req, res)),
  );
  return router;
}
