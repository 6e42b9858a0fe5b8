import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AppError,
  type Auth,
  authenticateAccessToken,
  type NoteToExport,
  openExport,
  readNoteToExport,
  type Services,
  writeNoteArchive,
} from '@ainotebook/api';
import { type ApiScope, localeSchema } from '@ainotebook/contract';
import { safeName } from '@ainotebook/convert/write';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Logger } from '../logger.js';
import type { PdfPrinter } from '../pdf/print-pdf.js';
import type { WorkPool } from '../work/pool.js';
import { readReaderToken } from './cookies.js';
import { createExportPlaces } from './export-places.js';
import { localeOf } from './locale.js';
import {
  type DocumentOptions,
  type MadeDocument,
  noteAsDocx,
  noteAsHtml,
} from './note-documents.js';
import { bearerOf, requireAuth } from './request-context.js';
import { delivered, sendBlob } from './send-blob.js';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
/** Nothing in a note may run or load but its pictures. */
const NOTE_POLICY =
  "default-src 'none'; img-src data: https:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface ExportsDeps {
  services: Services;
  work: WorkPool;
  pdf: PdfPrinter | null;
  log: Logger;
}

/**
 * `GET /api/exports/:id`: the archive of an export; `GET /api/exports/notes/:id.html`, `.docx`, `.zip` and, where a
 * Chromium is set up, `.pdf`: a note as it is, with a word where an AI wrote some of it unless `label=0`. To their owner.
 * `pictures=plain` is for programs that do not know WebP; the pictures that a document does not hold are counted in
 * `X-Pictures-Left-Out`.
 */
export function exportsEdge({ services, work, pdf, log }: ExportsDeps): Router {
  const { config, limits, blobs } = services;
  const places = createExportPlaces();
  const router = Router();

  /** A browser that downloads sends its cookie, a program its token. */
  async function ownerOf(req: Request, res: Response, scope: ApiScope): Promise<Auth> {
    if (bearerOf(req) !== null)
      return requireAuth(services, { req, res }, { limit: 'read', scope });
    await limits.consume('read', { ip: req.ip ?? '', userId: null });
    const token = readReaderToken(req, config.appUrl);
    const auth = await authenticateAccessToken(services, token, 'read');
    if (!auth) throw new AppError('unauthenticated', 'Sign in first');
    return auth;
  }

  router.get('/:id', async (req, res) => {
    const auth = await ownerOf(req, res, 'exports:read');
    const id = z.uuid().safeParse(req.params.id).data;
    const archive = id ? await openExport(services, auth, id) : null;
    if (!archive) throw new AppError('not_found', 'Not found');
    await sendBlob(
      { req, res, blobs, log },
      {
        ...archive,
        announce: () => {
          res.attachment(archive.name);
          res.setHeader('Content-Type', 'application/zip');
          res.setHeader('Cache-Control', 'private, no-store');
        },
      },
    );
  });

  router.get('/notes/:file', async (req, res) => {
    const { userId } = await ownerOf(req, res, 'articles:read');
    const [, id, format] =
      /^([\da-f-]{36})\.(html|docx|pdf|zip)$/.exec(String(req.params.file)) ?? [];
    if (!z.uuid().safeParse(id).success || (format === 'pdf' && !pdf)) {
      throw new AppError('not_found', 'Not found');
    }
    // Before anything of it is in memory.
    const place = await places.take(userId);
    try {
      // Who has left meanwhile wants none.
      if (res.destroyed) return;
      const note = id ? await readNoteToExport(services, { id, userId }) : null;
      if (!note) throw new AppError('not_found', 'Not found');
      const locale = localeSchema.safeParse(req.query.lang).data ?? localeOf(req);
      const hasAiLabel = req.query.label !== '0';
      res.setHeader('Cache-Control', 'private, no-store');
      if (format === 'zip') {
        // Written as it is read: there is nothing of it in memory.
        place.leave();
        res.attachment(`${safeName(note.title)}.zip`);
        const wanted = { id: note.id, userId, hasAiLabel };
        return await delivered(req, res, writeNoteArchive(services, wanted, res));
      }
      const options = { blobs, work, locale, origin: config.appUrl, hasAiLabel };
      const isPlain = req.query.pictures === 'plain';
      const { content, leftOut } = await make(note, { ...options, isPlain, format, userId });
      const { size, body } = await spool(blobs.tempFolder, content);
      if (leftOut.size > 0) res.setHeader('X-Pictures-Left-Out', leftOut.size);
      if (format === 'html') res.setHeader('Content-Security-Policy', NOTE_POLICY);
      if (format !== 'html' || req.query.inline === undefined) {
        res.attachment(`${safeName(note.title)}.${format}`);
      }
      res.type(format === 'docx' ? DOCX : `${format}`);
      res.setHeader('Content-Length', size);
      place.leave();
      await delivered(req, res, pipeline(body, res));
    } finally {
      place.end();
    }
  });

  async function make(
    note: NoteToExport,
    asked: DocumentOptions & { isPlain: boolean; format?: string; userId: string },
  ): Promise<MadeDocument<Iterable<string> | Uint8Array>> {
    const { format, userId, ...options } = asked;
    if (format === 'docx') return noteAsDocx(note, options);
    const isPrinted = format === 'pdf' && pdf !== null;
    const page = await noteAsHtml(note, { ...options, isSealed: isPrinted });
    return isPrinted ? { ...page, content: await pdf.print(page.content, userId) } : page;
  }

  return router;
}

/** Puts it on the disk, so that who reads slowly holds no memory. The file has no name: it goes with its reader. */
async function spool(
  folder: string,
  content: Iterable<string> | Uint8Array,
): Promise<{ size: number; body: Readable }> {
  await mkdir(folder, { recursive: true });
  const name = path.join(folder, `${randomUUID()}.document`);
  const file = await open(name, 'wx+', 0o600);
  try {
    await rm(name);
    await writeFile(file, content);
    const { size } = await file.stat();
    return { size, body: file.createReadStream({ start: 0 }) };
  } catch (error) {
    await file.close();
    throw error;
  }
}
