import {
  askInput,
  byId,
  conversationPageSchema,
  conversationSchema,
  conversationWithMessagesSchema,
  createConversationInput,
  listConversationsInput,
  messageEventSchema,
  messageSchema,
  regenerateMessageInput,
  sendMessageInput,
  sentMessageSchema,
  streamMessageInput,
  updateConversationInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { streamOf } from '../stream-of.js';
import { ask } from './ask.js';
import {
  createConversation,
  getConversation,
  listConversations,
  removeConversation,
  updateConversation,
} from './conversations.service.js';
import { regenerateMessage, sendMessage, stopMessage } from './messages.service.js';
import { streamMessage } from './stream-message.js';

export const conversationsRouter = {
  /** The caller's conversations, the latest message first. */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'conversations', rest: 'GET /conversations' })
    .input(listConversationsInput)
    .output(conversationPageSchema)
    .query(({ ctx, input }) => listConversations(ctx, input)),
  /** A conversation with all that was said, and where its citations are now. @throws not_found */
  get: authedProcedure
    .meta({ isPublic: true, scope: 'conversations', rest: 'GET /conversations/{id}' })
    .input(byId)
    .output(conversationWithMessagesSchema)
    .query(({ ctx, input }) => getConversation(ctx, input)),
  /** Begins a conversation about all notes, or those of `scope`. @throws not_found (of the scope), limit_reached */
  create: authedProcedure
    .meta({ isPublic: true, scope: 'conversations', rest: 'POST /conversations' })
    .input(createConversationInput)
    .output(conversationSchema)
    .mutation(({ ctx, input }) => createConversation(ctx, input)),
  /**
   * Asks the caller's notes, and waits for the whole answer, at most 50 seconds: one whose `status` is
   * not final goes on in its conversation, which stays until there are too many. @throws not_found (of the scope), limit_reached, budget_spent
   */
  ask: authedProcedure
    .meta({
      isPublic: true,
      // Asked twice, it is answered twice.
      idempotency: 'none',
      scope: 'conversations',
      rest: 'POST /ask',
      mcp: {
        name: 'ask_notes',
        description:
          'Answers a question from the notes alone. Each [n] in the answer is a citation: the note, its revision and the words it stands on. isNotFound in the receipt means that the notes do not say.',
      },
    })
    .input(askInput)
    .output(messageSchema)
    .mutation(({ ctx, input, signal }) => ask(ctx, input, signal)),
  /** Renames a conversation, or changes what its next answers are made of. @throws not_found */
  update: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'conversations',
      rest: 'PATCH /conversations/{id}',
    })
    .input(updateConversationInput)
    .output(conversationSchema)
    .mutation(({ ctx, input }) => updateConversation(ctx, input)),
  /** Deletes a conversation with all that was said. @throws not_found */
  remove: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'conversations',
      rest: 'DELETE /conversations/{id}',
    })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => removeConversation(ctx, input)),
} satisfies TRPCRouterRecord;

export const messagesRouter = {
  /**
   * Asks in a conversation. The answer is written on after the reply: `messages.stream` hands it on word by word, and
   * `conversations.get` has it as far as it is, until its `status` is final. @throws not_found, conflict, limit_reached, budget_spent
   */
  send: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'conversations',
      rest: 'POST /conversations/{conversationId}/messages',
    })
    .input(sendMessageInput)
    .output(sentMessageSchema)
    .mutation(({ ctx, input }) => sendMessage(ctx, input)),
  /** Another answer beside the one there is. @throws not_found, conflict, limit_reached, budget_spent */
  regenerate: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'conversations',
      rest: 'POST /messages/{id}/regenerate',
    })
    .input(regenerateMessageInput)
    .output(messageSchema)
    .mutation(({ ctx, input }) => regenerateMessage(ctx, input)),
  /** Ends the writing of an answer; what is there stays. @throws not_found */
  stop: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'conversations',
      rest: 'POST /messages/{id}/stop',
    })
    .input(byId)
    .output(messageSchema)
    .mutation(({ ctx, input }) => stopMessage(ctx, input)),
  /**
   * An answer as it is written, from `after` on, and then the whole message. Whoever stops reading does not stop the
   * writing: `messages.stop` does. @throws not_found
   */
  stream: authedProcedure
    .meta({ isPublic: true, scope: 'conversations' })
    .input(streamMessageInput)
    .output(streamOf(messageEventSchema))
    .query(({ ctx, input, signal }) => streamMessage(ctx, input, signal)),
} satisfies TRPCRouterRecord;
