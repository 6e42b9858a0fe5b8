import { pipeline } from 'node:stream/promises';
import {
  AppError,
  authenticateAccessToken,
  type OpenedExport,
  openExport,
  readNoteToExport,
  type Services,
} from '@ainotebook/api';
import { type ApiScope, localeSchema } from '@ainotebook/contract';
import { safeName } from '@ainotebook/convert/write';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { PdfPrinter } from '../pdf/print-pdf.js';
import type { WorkPool } from '../work/pool.js';
import { readRange } from './byte-range.js';
import { readReaderToken } from './cookies.js';
import { localeOf } from './locale.js';
import { noteAsDocx, noteAsHtml } from './note-documents.js';
import { bearerOf, requireAuth } from './request-context.js';
import { orUnavailable } from './uploads.js';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
/** Nothing in a note may run or load but its pictures. */
const NOTE_POLICY =
  "default-src 'none'; img-src data: https:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface ExportsDeps {
  services: Services;
  work: WorkPool;
  pdf: PdfPrinter | null;
}

/**
 * `GET /api/exports/:id`: the archive of an export; `GET /api/exports/notes/:id.html`, `.docx` and, where a
 * Chromium is set up, `.pdf`: a note as it is, with a word where an AI wrote some of it unless `label=0`. To their owner.
 */
export function exportsEdge({ services, work, pdf }: ExportsDeps): Router {
  const { config, limits, blobs } = services;
  const router = Router();

  /** A browser that downloads sends its cookie, a program its token. */
  async function ownerOf(req: Request, res: Response, scope: ApiScope): Promise<string> {
    if (bearerOf(req) !== null) {
      return (await requireAuth(services, { req, res }, { limit: 'read', scope })).userId;
    }
    await limits.consume('read', { ip: req.ip ?? '', userId: null });
    const token = readReaderToken(req, config.appUrl);
    const auth = await authenticateAccessToken(services, token, 'read');
    if (!auth) throw new AppError('unauthenticated', 'Sign in first');
    return auth.userId;
  }

  router.get('/:id', async (req, res) => {
    const userId = await ownerOf(req, res, 'exports:read');
    const id = z.uuid().safeParse(req.params.id).data;
    const archive = id ? await openExport(services, { id, userId }) : null;
    if (!archive) throw new AppError('not_found', 'Not found');
    await send(req, res, archive);
  });

  router.get('/notes/:file', async (req, res) => {
    const userId = await ownerOf(req, res, 'articles:read');
    const [, id, format] = /^([\da-f-]{36})\.(html|docx|pdf)$/.exec(String(req.params.file)) ?? [];
    const isId = z.uuid().safeParse(id).success;
    const note = id && isId ? await readNoteToExport(services, { id, userId }) : null;
    if (!note || (format === 'pdf' && !pdf)) throw new AppError('not_found', 'Not found');
    const locale = localeSchema.safeParse(req.query.lang).data ?? localeOf(req);
    const name = safeName(note.title);
    const hasAiLabel = req.query.label !== '0';
    res.setHeader('Cache-Control', 'private, no-store');
    if (format === 'docx') {
      const document = await noteAsDocx(note, { blobs, work, locale, hasAiLabel });
      res.attachment(`${name}.docx`);
      res.type(DOCX).send(Buffer.from(document));
      return;
    }
    const isSealed = format === 'pdf';
    const page = await noteAsHtml(note, { blobs, work, locale, hasAiLabel, isSealed });
    if (isSealed && pdf) {
      const printed = await pdf.print(page, userId);
      res.attachment(`${name}.pdf`);
      res.type('pdf').send(printed);
      return;
    }
    if (req.query.inline === undefined) res.attachment(`${name}.html`);
    res.setHeader('Content-Security-Policy', NOTE_POLICY);
    res.type('html').send(page);
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
