import { z } from 'zod';
import { byId, id, text } from './common.js';
import { LIMITS } from './limits.js';

const passage = text(LIMITS.assistTextLength);
const isFilled = (value: string) => value.trim() !== '';
const filled = passage.refine(isFilled, 'is empty');
/** The note that is written in, and its Markdown around the passage. */
const place = {
  articleId: id,
  before: text(LIMITS.assistBeforeLength).default(''),
  after: text(LIMITS.assistAfterLength).default(''),
};
const instruction = text(LIMITS.instructionLength).refine(isFilled, 'is empty');

export const ASSIST_TONES = ['formal', 'friendly', 'plain', 'confident'] as const;
export type AssistTone = (typeof ASSIST_TONES)[number];

/** What is to be done with a passage of a note; `text` is its Markdown. */
export const assistEditInput = z.discriminatedUnion('action', [
  /** Writes on after `before`. */
  z.strictObject({ action: z.literal('continue'), ...place }),
  z.strictObject({
    action: z.enum(['rewrite', 'shorten', 'expand', 'fix', 'explain']),
    ...place,
    text: filled,
  }),
  z.strictObject({
    action: z.literal('tone'),
    ...place,
    text: filled,
    tone: z.enum(ASSIST_TONES),
  }),
  z.strictObject({
    action: z.literal('translate'),
    ...place,
    text: filled,
    language: z.enum(['zh', 'en']),
  }),
  /** Of the note as it is stored where `text` is empty. */
  z.strictObject({
    action: z.enum(['summarise', 'outline']),
    ...place,
    text: passage.default(''),
  }),
  /** Does to the passage what `instruction` says; writes something new where `text` is empty. */
  z.strictObject({
    action: z.literal('custom'),
    ...place,
    text: passage.default(''),
    instruction,
  }),
]);
export type AssistEditInput = z.infer<typeof assistEditInput>;
export type AssistAction = AssistEditInput['action'];

export const ASSIST_ACTIONS = [
  'continue',
  'rewrite',
  'shorten',
  'expand',
  'fix',
  'explain',
  'tone',
  'translate',
  'summarise',
  'outline',
  'custom',
] as const satisfies readonly AssistAction[];

export const ASSIST_SUGGESTIONS = ['title', 'tags', 'summary', 'slug'] as const;
const suggestion = z.enum(ASSIST_SUGGESTIONS);
export type AssistSuggestion = z.infer<typeof suggestion>;

export const assistSuggestInput = byId.extend({ what: suggestion });
export type AssistSuggestInput = z.infer<typeof assistSuggestInput>;
export const assistSuggestResult = z.object({
  /** The best first; each can be stored as it is. Empty where the note gives nothing to go by. */
  items: z.array(z.string()),
  /** Words of the note itself: no model was asked. */
  isExtractive: z.boolean(),
});

/** What can be asked for on this server: without a model, only what can be quoted. */
export const assistAbilitiesSchema = z.object({
  hasModel: z.boolean(),
  actions: z.array(z.enum(ASSIST_ACTIONS)),
  suggestions: z.array(suggestion),
});

export type AssistAbilities = z.infer<typeof assistAbilitiesSchema>;

/** An instruction that its owner keeps for another time. */
export const savedPromptSchema = z.object({ id, instruction: z.string(), createdAt: z.date() });
export type SavedPrompt = z.infer<typeof savedPromptSchema>;

export const createSavedPromptInput = z.strictObject({
  /** Made by the client (UUIDv7): a repeat with the same one keeps it once. */
  id,
  instruction,
});
export type CreateSavedPromptInput = z.infer<typeof createSavedPromptInput>;
