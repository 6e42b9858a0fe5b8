import {
  AppError,
  accessFile,
  authenticateAccessToken,
  type FileLink,
  type OpenedFile,
  requireRoom,
  type Services,
  storeUpload,
  type VariantName,
} from '@ainotebook/api';
import { isPicture, receiveUpload } from '@ainotebook/files';
import { type Request, type Response, Router } from 'express';
import type { Logger } from '../logger.js';
import type { WorkPool } from '../work/pool.js';
import { prepareImageIn } from '../work/tasks.js';
import { readReaderToken } from './cookies.js';
import { requireAuth } from './request-context.js';
import { sendBlob } from './send-blob.js';
import { createUploadPlaces } from './upload-places.js';
import { answerUpload } from './uploads.js';

/** Files that are received at the same time: each holds a little memory and a descriptor. */
const PLACES = { most: 64, ofOne: 8 };

/** Nothing in a file may run, load or be framed, whatever a browser takes it for. */
const FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";
const ONE_YEAR_S = 31_536_000;
/** How long a withdrawn picture may live on in caches. */
const PUBLIC_S = 300;

interface FilesDeps {
  services: Services;
  work: WorkPool;
  log: Logger;
}

/** `POST /api/files` takes one file of a multipart form; `GET /api/files/:id` gives it back. */
export function filesEdge({ services, work, log }: FilesDeps): Router {
  const { config, limits, blobs } = services;
  const router = Router();
  const inTurn = createUploadPlaces(PLACES);

  async function upload(req: Request, res: Response): Promise<void> {
    const call = { limit: 'upload', scope: 'files:write' } as const;
    const auth = await requireAuth(services, { req, res }, call);
    await requireRoom(services, auth, 1);
    await inTurn(auth.userId, async () => {
      const received = await receiveUpload(req, {
        tempFolder: blobs.tempFolder,
        maxBytes: config.maxFileBytes,
      });
      const image = isPicture(received.mediaType)
        ? await prepareImageIn(work, received.path)
        : null;
      const { file, isNew } = await storeUpload(services, auth, { ...received, image });
      res.status(isNew ? 201 : 200).json(file);
    });
  }

  router.post('/', (req, res) =>
    answerUpload({ req, res, log, maxBytes: config.maxFileBytes }, () => upload(req, res)),
  );

  router.get(['/:id', '/:id/:variant'], async (req, res) => {
    const viewerId = await viewerOf(req, res);
    const id = String(req.params.id);
    const variant = req.params.variant === undefined ? null : variantOf(String(req.params.variant));
    if (variant === undefined) throw new AppError('not_found', 'Not found');
    const access = await accessFile(services, {
      id,
      viewerId,
      variant,
      link: linkOf(req),
    });
    if (access.kind === 'gone') return void res.status(410).type('text/plain').send('Gone\n');
    if (access.kind === 'missing') throw new AppError('not_found', 'Not found');
    const { file } = access;
    const announce = () => writeHeaders(res, file);
    await sendBlob({ req, res, blobs, log }, { ...file, announce });
  });

  /** The reader cookie is what a browser sends with a picture; programs send their token. */
  async function viewerOf(req: Request, res: Response): Promise<string | null> {
    if (req.headers.authorization !== undefined) {
      const call = { limit: 'read', scope: 'files:read' } as const;
      return (await requireAuth(services, { req, res }, call)).userId;
    }
    await limits.consume('read', { ip: req.ip ?? '', userId: null });
    const token = readReaderToken(req, config.appUrl);
    const viewer = await authenticateAccessToken(services, token, 'read').catch(
      (error: unknown) => {
        // Whose session has ended is a visitor.
        if (error instanceof AppError && error.code !== 'unavailable') return null;
        throw error;
      },
    );
    return viewer?.userId ?? null;
  }

  return router;
}

function linkOf(req: Request): FileLink | null {
  const { expires, signature } = req.query;
  return typeof expires === 'string' && typeof signature === 'string'
    ? { expires, signature }
    : null;
}

/** What encodeURIComponent leaves and a header parameter may not hold. */
const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/** `480.webp`. */
function variantOf(name: string): VariantName | undefined {
  const match = /^(\d{1,5})\.(webp|avif)$/.exec(name);
  if (!match) return undefined;
  return { width: Number(match[1]), format: match[2] === 'avif' ? 'avif' : 'webp' };
}

const CACHE: Record<OpenedFile['audience'], string> = {
  owner: `private, max-age=${ONE_YEAR_S}, immutable`,
  guest: 'private, max-age=3600',
  public: `public, max-age=${PUBLIC_S}, must-revalidate`,
};

function writeHeaders(res: Response, file: OpenedFile): void {
  const kind = isPicture(file.mediaType) ? 'inline' : 'attachment';
  res.setHeader('Content-Type', file.mediaType);
  res.setHeader(
    'Content-Disposition',
    `${kind}; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()*!]/g, percent)}`,
  );
  res.setHeader('Content-Security-Policy', FILE_POLICY);
  res.setHeader('Cache-Control', CACHE[file.audience]);
  // Feed readers show the pictures of published articles on pages of their own.
  if (file.audience === 'public') res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
}
