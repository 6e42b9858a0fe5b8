import {
  AppError,
  createFileImport,
  findGap,
  keepChunk,
  requireRoomForImport,
  type Services,
  WrongOffset,
} from '@ainotebook/api';
import { LIMITS } from '@ainotebook/contract';
import { receiveAnyFile, receiveBody } from '@ainotebook/files';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Logger } from '../logger.js';
import { requireAuth } from './request-context.js';
import { createUploadPlaces } from './upload-places.js';
import { answerUpload } from './uploads.js';

/** Sources that are received at the same time. */
const PLACES = { most: 16, ofOne: 4 };

/** What is around the file in a form, about. */
const FORM_BYTES = 500;

/** Where a part begins (`OFFSET`), and where the next one does, as in the protocols for uploads that resume. */
const OFFSET = 'upload-offset';

/**
 * `POST /api/imports` takes one file of a multipart form, of any kind, and answers its import session.
 * `PATCH /api/imports/:id/source` takes the next part of a file that was announced by `imports.receive`.
 */
export function importsEdge({ services, log }: { services: Services; log: Logger }): Router {
  const { config, blobs } = services;
  const { tempFolder } = blobs;
  const router = Router();
  const inTurn = createUploadPlaces(PLACES);
  /** Bytes that are being received, by whose they are. */
  const coming = new Map<string, number>();

  /**
   * Counts what is announced, and what else of the same person is on its way, before any of it is received.
   * @returns to be called when it has come, or will not
   * @throws AppError limit_reached
   */
  async function holdRoom(userId: string, req: Request): Promise<() => void> {
    const announced = Number(req.get('content-length') ?? config.maxImportBytes) - FORM_BYTES;
    const bytes = Math.min(Math.max(1, announced), config.maxImportBytes);
    const all = (coming.get(userId) ?? 0) + bytes;
    coming.set(userId, all);
    const release = () => {
      const left = (coming.get(userId) ?? 0) - bytes;
      if (left > 0) coming.set(userId, left);
      else coming.delete(userId);
    };
    try {
      await requireRoomForImport(services, userId, all);
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  async function upload(req: Request, res: Response): Promise<void> {
    const call = { limit: 'upload', scope: 'imports:write' } as const;
    const auth = await requireAuth(services, { req, res }, call);
    const release = await holdRoom(auth.userId, req);
    await inTurn(auth.userId, async () => {
      const received = await receiveAnyFile(req, { tempFolder, maxBytes: config.maxImportBytes });
      res.status(201).json(await createFileImport(services, auth, received));
    }).finally(release);
  }

  async function takePart(req: Request, res: Response): Promise<void> {
    // A large file has hundreds of parts, each of which is small.
    const call = { limit: 'write', scope: 'imports:write' } as const;
    const { userId } = await requireAuth(services, { req, res }, call);
    const id = z.uuid().safeParse(req.params.id).data;
    if (!id) throw new AppError('not_found', 'Import not found');
    const offset = z.coerce.number().int().min(0).safeParse(req.get(OFFSET)).data;
    if (offset === undefined)
      throw new AppError('bad_input', 'Upload-Offset says where the part begins');
    const { start, bytes } = await findGap(services, { userId, id }, offset);
    if (Number(req.get('content-length') ?? bytes) !== bytes)
      throw new AppError('bad_input', `The part that begins there has ${bytes} bytes`);
    await inTurn(userId, async () => {
      const received = await receiveBody(req, { tempFolder, bytes });
      const session = await keepChunk(services, { userId, id }, { start, received });
      res.setHeader(OFFSET, start + bytes);
      res.json(session);
    });
  }

  router.post('/', (req, res) =>
    answerUpload({ req, res, log, maxBytes: config.maxImportBytes }, () => upload(req, res)),
  );
  router.patch('/:id/source', (req, res) =>
    answerUpload({ req, res, log, maxBytes: LIMITS.importChunkBytes }, () =>
      takePart(req, res).catch((error: unknown) => {
        if (error instanceof WrongOffset) res.setHeader(OFFSET, error.offset);
        throw error;
      }),
    ),
  );
  return router;
}
