import { z } from 'zod';
import { byId, id, line, pageInput, pageOf, text } from './common.js';
import { LIMITS } from './limits.js';
import { retrievalReceiptSchema, retrievalScopeSchema } from './retrieval.js';

/**
 * `waiting`: for its turn or the first word. `stopped`: by its owner. `interrupted`: the process that
 * wrote it is gone. All but the first two are final, and keep the text that was there.
 */
export const messageStatusSchema = z.enum([
  'waiting',
  'writing',
  'done',
  'stopped',
  'interrupted',
  'failed',
]);
export type MessageStatus = z.infer<typeof messageStatusSchema>;

/**
 * Why an answer failed: what the model's provider said, `budget_spent` where the month has no tokens
 * left for it, and `internal` for a fault of ours.
 */
export const ANSWER_FAILURES = [
  'bad_key',
  'no_credit',
  'unknown_model',
  'too_long',
  'refused',
  'filtered',
  'rate_limited',
  'unavailable',
  'unreachable',
  'timeout',
  'stalled',
  'cut_off',
  'bad_answer',
  'budget_spent',
  'internal',
] as const;
export const answerFailureSchema = z.enum(ANSWER_FAILURES);
export type AnswerFailure = z.infer<typeof answerFailureSchema>;

/**
 * Where the quote is now. `unchanged`: where it was. `moved`: elsewhere in the note, word for word.
 * `changed`: a stretch still says most of it. `gone`: nothing does, or the note is in the trash or
 * deleted.
 */
export const citationStateSchema = z.enum(['unchanged', 'moved', 'changed', 'gone']);
export type CitationState = z.infer<typeof citationStateSchema>;

/** A passage that an answer stands on: characters of one revision of one note, or what a page of the web said. */
export const citationSchema = z.object({
  /** The number in the text: `[3]`. */
  number: z.number().int(),
  articleId: id.nullable(),
  title: z.string(),
  headingPath: z.array(z.string()),
  revision: z.number().int(),
  /** UTF-16 offsets into the Markdown of that revision. */
  start: z.number().int(),
  end: z.number().int(),
  quote: z.string(),
  /** Of a page of the web, which is no note of anybody. */
  url: z.string().nullable(),
  fetchedAt: z.date().nullable(),
  /** The beginning of the quote as it reads, without the marks of Markdown. */
  excerpt: z.string(),
  state: citationStateSchema,
});
export type Citation = z.infer<typeof citationSchema>;

/** How an answer came about. */
export const receiptSchema = z.object({
  /** What was searched; null where it did not come to that. */
  retrieval: retrievalReceiptSchema.nullable(),
  /** What was looked up in the web instead: pages found, and those of them that could be read. */
  web: z
    .object({ engine: z.string(), found: z.number().int(), read: z.number().int() })
    .nullable()
    .default(null),
  /** Null while no model has been asked. */
  provider: z.string().nullable(),
  model: z.string().nullable(),
  /** Sentences of the notes themselves: nothing was written anew. */
  isExtractive: z.boolean(),
  /** The notes do not answer the question; the citations are what comes nearest. */
  isNotFound: z.boolean(),
  /** The answer is as long as answers may be and goes no further, though it had not come to its end. */
  isCut: z.boolean().default(false),
  /** Numbers in the answer that stood for no passage, and were taken out. */
  removedCitations: z.number().int(),
  /** Citations were taken out or written another way at the end: the text is not quite the one that was streamed. */
  isMended: z.boolean().default(false),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  /** The provider did not count: the tokens are our guess. */
  isEstimated: z.boolean(),
  /** Millionths of a yuan; null where no price of the model is known. */
  costMicroYuan: z.number().int().nullable().default(null),
  /** From the question to the first word, and to the last. */
  firstWordMs: z.number().int().nullable(),
  totalMs: z.number().int().nullable(),
});
export type Receipt = z.infer<typeof receiptSchema>;

export const messageSchema = z.object({
  id,
  conversationId: id,
  /** What it follows; an edited question and its former self follow the same. Null for the first. */
  parentId: id.nullable(),
  role: z.enum(['user', 'assistant']),
  /** Markdown. */
  content: z.string(),
  status: messageStatusSchema,
  failure: answerFailureSchema.nullable(),
  citations: z.array(citationSchema),
  receipt: receiptSchema.nullable(),
  createdAt: z.date(),
});
export type Message = z.infer<typeof messageSchema>;

/** Which of the caller's notes answers are made of, or that they are looked up in the web. */
export const conversationScopeSchema = z.discriminatedUnion('kind', [
  ...retrievalScopeSchema.options,
  z.strictObject({ kind: z.literal('web') }),
]);
export type ConversationScope = z.infer<typeof conversationScopeSchema>;

export const conversationSchema = z.object({
  id,
  /** The beginning of its first question, until it is renamed. */
  title: z.string(),
  scope: conversationScopeSchema,
  createdAt: z.date(),
  /** Of the latest message. */
  updatedAt: z.date(),
});
export type Conversation = z.infer<typeof conversationSchema>;

export const conversationWithMessagesSchema = conversationSchema.extend({
  /** All of them, oldest first: a tree by `parentId`. */
  messages: z.array(messageSchema),
});
export type ConversationWithMessages = z.infer<typeof conversationWithMessagesSchema>;

export const listConversationsInput = z
  .strictObject({ ...pageInput })
  .default({ limit: LIMITS.pageSize });
export type ListConversationsInput = z.infer<typeof listConversationsInput>;
export const conversationPageSchema = pageOf(conversationSchema);

export const createConversationInput = z.strictObject({
  scope: conversationScopeSchema.default({ kind: 'all' }),
});
export type CreateConversationInput = z.infer<typeof createConversationInput>;

export const updateConversationInput = z.strictObject({
  id,
  title: line(LIMITS.conversationTitleLength).min(1).optional(),
  scope: conversationScopeSchema.optional(),
});
export type UpdateConversationInput = z.infer<typeof updateConversationInput>;

const question = text(LIMITS.messageLength).refine((value) => value.trim() !== '', 'is empty');

export const sendMessageInput = z.strictObject({
  conversationId: id,
  /** Made by the client (UUIDv7): a repeat with the same one sends nothing twice. */
  id,
  /** The answer it follows; null for the first question, or for another first one. */
  parentId: id.nullable(),
  content: question,
});
export type SendMessageInput = z.infer<typeof sendMessageInput>;
export const sentMessageSchema = z.object({ question: messageSchema, answer: messageSchema });
export type SentMessage = z.infer<typeof sentMessageSchema>;

/** A question by itself: a new conversation with one answer, which is waited for. */
export const askInput = z.strictObject({
  question,
  /** What the answer is made of: all notes of the caller when absent. */
  scope: conversationScopeSchema.default({ kind: 'all' }),
});
export type AskInput = z.infer<typeof askInput>;

/** Another answer to the question that `id`, an answer, belongs to. */
export const regenerateMessageInput = z.strictObject({
  id,
  /** Of the new answer, made by the client (UUIDv7). */
  answerId: id,
});
export type RegenerateMessageInput = z.infer<typeof regenerateMessageInput>;

export const streamMessageInput = byId.extend({
  /** UTF-16 units of the text that the caller has. */
  after: z.number().int().min(0).max(LIMITS.answerLength).default(0),
});
export type StreamMessageInput = z.infer<typeof streamMessageInput>;
