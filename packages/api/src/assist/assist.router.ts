import {
  type AssistEvent,
  assistAbilitiesSchema,
  assistEditInput,
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
  /** Text for a passage of a note, as it is written. By a streaming link. @throws not_found, ai_off, limit_reached, budget_spent */
  edit: authedProcedure
    .meta({ idempotency: 'none', scope: 'assist' })
    .input(assistEditInput)
    .output(streamOf<AssistEvent>())
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
  prompts: {
    /** The caller's kept instructions, the newest first. */
    list: authedProcedure
      .meta({ scope: 'assist' })
      .output(z.object({ items: z.array(savedPromptSchema) }))
      .query(({ ctx }) => listSavedPrompts(ctx)),
    /** @throws conflict, limit_reached */
    create: authedProcedure
      .meta({ idempotency: 'natural', scope: 'assist' })
      .input(createSavedPromptInput)
      .output(savedPromptSchema)
      .mutation(({ ctx, input }) => createSavedPrompt(ctx, input)),
    /** @throws not_found */
    remove: authedProcedure
      .meta({ idempotency: 'natural', scope: 'assist' })
      .input(byId)
      .output(z.void())
      .mutation(({ ctx, input }) => removeSavedPrompt(ctx, input)),
  },
} satisfies TRPCRouterRecord;
