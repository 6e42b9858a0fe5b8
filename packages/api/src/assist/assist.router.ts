import {
  assistAbilitiesSchema,
  assistEditInput,
  assistEventSchema,
  assistSuggestInput,
  assistSuggestResult,
  byId,
  createSavedPromptInput,
  savedPromptSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { streamOf } from '../stream-of.js';
import { assistAbilities, editPassage } from './edit-passage.js';
import { createSavedPrompt, listSavedPrompts, removeSavedPrompt } from './saved-prompts.service.js';
import { suggest } from './suggest.js';

export const assistRouter = {
  /** What can be asked for on this server. */
  abilities: authedProcedure
    .meta({ isPublic: true, scope: 'assist', rest: 'GET /assist' })
    .output(assistAbilitiesSchema)
    .query(({ ctx }) => assistAbilities(ctx)),
  /**
   * Text for a passage of a note, as it is written; nothing is changed by it. Whoever stops reading stops the writing.
   * @throws not_found, ai_off, limit_reached, budget_spent
   */
  edit: authedProcedure
    .meta({ isPublic: true, idempotency: 'none', scope: 'assist' })
    .input(assistEditInput)
    .output(streamOf(assistEventSchema))
    .mutation(({ ctx, input, signal }) => editPassage(ctx, input, signal)),
  /** Titles, tags, a summary or an address for a note. @throws not_found, ai_failed, limit_reached, budget_spent */
  suggest: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'none',
      scope: 'assist',
      rest: 'POST /articles/{id}/suggestions',
    })
    .input(assistSuggestInput)
    .output(assistSuggestResult)
    .mutation(({ ctx, input, signal }) => suggest(ctx, input, signal)),
} satisfies TRPCRouterRecord;

export const promptsRouter = {
  /** The instructions that the caller keeps for `assist.edit`, the newest first. */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'assist', rest: 'GET /prompts' })
    .output(z.object({ items: z.array(savedPromptSchema) }))
    .query(({ ctx }) => listSavedPrompts(ctx)),
  /** Keeps an instruction; a repeat with the same id keeps it once. @throws conflict, limit_reached */
  create: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural', scope: 'assist', rest: 'POST /prompts' })
    .input(createSavedPromptInput)
    .output(savedPromptSchema)
    .mutation(({ ctx, input }) => createSavedPrompt(ctx, input)),
  /** Forgets an instruction. @throws not_found */
  remove: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural', scope: 'assist', rest: 'DELETE /prompts/{id}' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => removeSavedPrompt(ctx, input)),
} satisfies TRPCRouterRecord;
