import {
  byId,
  filePageSchema,
  fileUsageSchema,
  listedFileSchema,
  listFilesInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { getFile, getFileUsage, listFiles, removeFile } from './files.service.js';

export const filesRouter = {
  /** The caller's files, newest first. */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'files', rest: 'GET /files' })
    .input(listFilesInput)
    .output(filePageSchema)
    .query(({ ctx, input }) => listFiles(ctx, input)),
  /** What is known of a file; its bytes are at its `url`. @throws not_found */
  get: authedProcedure
    .meta({ isPublic: true, scope: 'files', rest: 'GET /files/{id}' })
    .input(byId)
    .output(listedFileSchema)
    .query(({ ctx, input }) => getFile(ctx, input)),
  /** Removes a file for good; texts that name it show a gap. @throws not_found */
  remove: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural', scope: 'files', rest: 'DELETE /files/{id}' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => removeFile(ctx, input)),
  /** Bytes that the caller's files take, and may take. */
  usage: authedProcedure
    .meta({ isPublic: true, scope: 'files', rest: 'GET /files/usage' })
    .output(fileUsageSchema)
    .query(({ ctx }) => getFileUsage(ctx)),
} satisfies TRPCRouterRecord;
