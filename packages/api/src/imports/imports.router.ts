import {
  byId,
  createImportInput,
  importItemPageSchema,
  importPageSchema,
  importSessionSchema,
  listImportItemsInput,
  listImportsInput,
  receiveImportInput,
  startImportInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import {
  createImport,
  getImport,
  listImportItems,
  listImports,
  pauseImport,
  removeImport,
  resumeImport,
  startImport,
  undoImportSession,
} from './imports.service.js';
import { receiveImport } from './receive-import.js';

/** Files come in by `POST /api/imports` whole, or by `PATCH /api/imports/{id}/source` in parts. */
export const importsRouter = {
  /** The caller's imports, newest first. */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'imports', rest: 'GET /imports' })
    .input(listImportsInput)
    .output(importPageSchema)
    .query(({ ctx, input }) => listImports(ctx, input)),
  /** One import: how far it is, and what became of its items so far. @throws not_found */
  get: authedProcedure
    .meta({ isPublic: true, scope: 'imports', rest: 'GET /imports/{id}' })
    .input(byId)
    .output(importSessionSchema)
    .query(({ ctx, input }) => getImport(ctx, input)),
  /** What is in a source, in its order, and what became of it. @throws not_found */
  items: authedProcedure
    .meta({ isPublic: true, scope: 'imports', rest: 'GET /imports/{id}/items' })
    .input(listImportItemsInput)
    .output(importItemPageSchema)
    .query(({ ctx, input }) => listImportItems(ctx, input)),
  /** Makes a preview of a page or a document of the web. @throws limit_reached */
  create: authedProcedure
    .meta({ isPublic: true, scope: 'imports', rest: 'POST /imports' })
    .input(createImportInput)
    .output(importSessionSchema)
    .mutation(({ ctx, input }) => createImport(ctx, input)),
  /**
   * Announces a file that comes in parts, which `PATCH /api/imports/{id}/source` takes one after the other; the preview is
   * made after the last. `get` says where to go on, `remove` gives it up, and 72 hours without a part end it.
   * @throws too_large, limit_reached
   */
  receive: authedProcedure
    .meta({ isPublic: true, scope: 'imports', rest: 'POST /imports/uploads' })
    .input(receiveImportInput)
    .output(importSessionSchema)
    .mutation(({ ctx, input }) => receiveImport(ctx, input)),
  /** Makes notes of what the preview shows. @throws not_found, conflict */
  start: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'imports',
      rest: 'POST /imports/{id}/start',
    })
    .input(startImportInput)
    .output(importSessionSchema)
    .mutation(({ ctx, input }) => startImport(ctx, input)),
  /** Stops an import between two notes; `resume` goes on. @throws not_found, conflict */
  pause: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'imports',
      rest: 'POST /imports/{id}/pause',
    })
    .input(byId)
    .output(importSessionSchema)
    .mutation(({ ctx, input }) => pauseImport(ctx, input)),
  /** Goes on with an import that was paused. @throws not_found, conflict */
  resume: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'imports',
      rest: 'POST /imports/{id}/resume',
    })
    .input(byId)
    .output(importSessionSchema)
    .mutation(({ ctx, input }) => resumeImport(ctx, input)),
  /** Puts the notes it made into the trash, but for those changed since. @throws not_found, conflict */
  undo: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'imports',
      rest: 'POST /imports/{id}/undo',
    })
    .input(byId)
    .output(importSessionSchema)
    .mutation(({ ctx, input }) => undoImportSession(ctx, input)),
  /** Forgets an import; its notes stay. @throws not_found, conflict */
  remove: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'imports',
      rest: 'DELETE /imports/{id}',
    })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => removeImport(ctx, input)),
} satisfies TRPCRouterRecord;
