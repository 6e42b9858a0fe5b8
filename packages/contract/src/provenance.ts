import { z } from 'zod';
import { ASSIST_ACTIONS } from './assist.js';
import { id, line, text } from './common.js';
import { LIMITS } from './limits.js';

/** How much of an article an AI wrote; `mostly` from half on. */
export const aiLevelSchema = z.enum(['none', 'partly', 'mostly']);
export type AiLevel = z.infer<typeof aiLevelSchema>;

/** What an author says of an article besides what is remembered of it, as of a text that was pasted. */
export const aiDeclarationSchema = z.enum(['partly', 'mostly']);
export type AiDeclaration = z.infer<typeof aiDeclarationSchema>;

/**
 * Where a passage came from: what the editor's assistant was asked for, an answer that was kept as a note, or a model
 * that wrote by the Model Context Protocol.
 */
export const aiSourceSchema = z.enum([...ASSIST_ACTIONS, 'answer', 'mcp']);
export type AiSource = z.infer<typeof aiSourceSchema>;

const percent = z.number().int().min(0).max(100);

/** A passage that an AI wrote and the author took. */
export const aiSpanSchema = z.object({
  id,
  source: aiSourceSchema,
  /** Null where it is not known. */
  model: z.string().nullable(),
  /** The beginning of it, as it was taken. */
  excerpt: z.string(),
  /** How much of it is still in the article, in percent. */
  left: percent,
  createdAt: z.date(),
});
export type AiSpan = z.infer<typeof aiSpanSchema>;

/** What of an article an AI wrote, as it is now. */
export const provenanceSchema = z.object({
  /** What is said of it on the page and in exports: the higher of `declared` and what is found. */
  level: aiLevelSchema,
  /** Letters of the text that are of the passages below, in percent; at least 1 where there are any. */
  percent,
  declared: aiDeclarationSchema.nullable(),
  /** The newest first. */
  spans: z.array(aiSpanSchema),
});
export type Provenance = z.infer<typeof provenanceSchema>;

export const recordAiSpanInput = z.strictObject({
  /** Made by the client (UUIDv7): a repeat with the same one is kept once. */
  id,
  articleId: id,
  source: aiSourceSchema.exclude(['mcp']),
  /** As the end of `assist.edit` or the receipt of the answer names it. */
  model: line(LIMITS.modelNameLength).nullable().default(null),
  /** What came into the article. */
  text: text(LIMITS.answerLength),
  /** What it took the place of: of that nothing is the AI's. */
  replaced: text(LIMITS.answerLength).default(''),
});
export type RecordAiSpanInput = z.infer<typeof recordAiSpanInput>;

export const declareAiInput = z.strictObject({
  articleId: id,
  declared: aiDeclarationSchema.nullable(),
});
export type DeclareAiInput = z.infer<typeof declareAiInput>;
