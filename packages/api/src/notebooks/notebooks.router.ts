import {
  byId,
  countResult,
  createNotebookInput,
  deleteNotebookInput,
  moveNotebookInput,
  notebookSchema,
  updateNotebookInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import {
  createNotebook,
  deleteNotebook,
  getNotebook,
  listNotebooks,
  moveNotebook,
  updateNotebook,
} from './notebooks.service.js';

export const notebooksRouter = {
  /** Every notebook of the caller, siblings in order. */
  list: authedProcedure
    .meta({ isPublic: true })
    .output(z.array(notebookSchema))
    .query(({ ctx }) => listNotebooks(ctx)),
  get: authedProcedure
    .meta({ isPublic: true })
    .input(byId)
    .output(notebookSchema)
    .query(({ ctx, input }) => getNotebook(ctx, input)),
  create: authedProcedure
    .meta({ isPublic: true })
    .input(createNotebookInput)
    .output(notebookSchema)
    .mutation(({ ctx, input }) => createNotebook(ctx, input)),
  update: authedProcedure
    .meta({ isPublic: true })
    .input(updateNotebookInput)
    .output(notebookSchema)
    .mutation(({ ctx, input }) => updateNotebook(ctx, input)),
  move: authedProcedure
    .meta({ isPublic: true })
    .input(moveNotebookInput)
    .output(notebookSchema)
    .mutation(({ ctx, input }) => moveNotebook(ctx, input)),
  /** Deletes a notebook and says how many articles went to the trash. */
  delete: authedProcedure
    .meta({ isPublic: true })
    .input(deleteNotebookInput)
    .output(countResult)
    .mutation(({ ctx, input }) => deleteNotebook(ctx, input)),
} satisfies TRPCRouterRecord;
