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
    .meta({
      isPublic: true,
      scope: 'notebooks',
      rest: 'GET /notebooks',
      mcp: {
        name: 'list_notebooks',
        description: 'Lists the notebooks with their ids; parentId says which one each is in.',
      },
    })
    .output(z.array(notebookSchema))
    .query(({ ctx }) => listNotebooks(ctx)),
  /** One notebook. @throws not_found */
  get: authedProcedure
    .meta({ isPublic: true, scope: 'notebooks', rest: 'GET /notebooks/{id}' })
    .input(byId)
    .output(notebookSchema)
    .query(({ ctx, input }) => getNotebook(ctx, input)),
  /**
   * Adds a notebook after its siblings.
   * @throws not_found (parent), limit_reached, notebook_too_deep, conflict (the id is taken)
   */
  create: authedProcedure
    .meta({ isPublic: true, scope: 'notebooks', rest: 'POST /notebooks' })
    .input(createNotebookInput)
    .output(notebookSchema)
    .mutation(({ ctx, input }) => createNotebook(ctx, input)),
  /** Renames a notebook. @throws not_found */
  update: authedProcedure
    .meta({ isPublic: true, scope: 'notebooks', rest: 'PATCH /notebooks/{id}' })
    .input(updateNotebookInput)
    .output(notebookSchema)
    .mutation(({ ctx, input }) => updateNotebook(ctx, input)),
  /**
   * Moves a notebook with all inside it under `parentId`, before the sibling `beforeId` (null: last).
   * @throws not_found, notebook_cycle, notebook_too_deep
   */
  move: authedProcedure
    .meta({ isPublic: true, scope: 'notebooks', rest: 'POST /notebooks/{id}/move' })
    .input(moveNotebookInput)
    .output(notebookSchema)
    .mutation(({ ctx, input }) => moveNotebook(ctx, input)),
  /**
   * Deletes a notebook and says how many articles went to the trash. `keep` moves what is inside
   * one level up; `trash` deletes the notebooks inside and trashes their articles.
   * @throws not_found
   */
  delete: authedProcedure
    .meta({ isPublic: true, scope: 'notebooks', rest: 'DELETE /notebooks/{id}' })
    .input(deleteNotebookInput)
    .output(countResult)
    .mutation(({ ctx, input }) => deleteNotebook(ctx, input)),
} satisfies TRPCRouterRecord;
