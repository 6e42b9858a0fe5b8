// What streams send. Apart from the rest: only their types are of use to the web app.
import { z } from 'zod';
import { answerFailureSchema, messageSchema } from './conversations.js';
import { liveChangesSchema } from './events.js';

/**
 * `queued`: so many answers come before it; null once its turn has come. `text`: what comes after the units the caller
 * has. `alive`: nothing new; sent so that nobody in between takes the line for dead. `end`: the whole message; where its
 * receipt says `isMended`, its text is not what was sent, since numbers that stand for no passage are taken out at the end.
 */
export const messageEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('queued'), ahead: z.number().int().nullable() }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('alive') }),
  z.object({ type: z.literal('end'), message: messageSchema }),
]);
export type MessageEvent = z.infer<typeof messageEventSchema>;

/**
 * `queued`: so many texts come before it. `text`: the next piece of Markdown. `end`: nothing more comes. What came
 * before a `failure` stands; `isCut` where it was longer than it may be. `isExtractive`: sentences of the note itself.
 * `model`: who wrote it; null where nobody did.
 */
export const assistEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('queued'), ahead: z.number().int() }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('end'),
    failure: answerFailureSchema.nullable(),
    isCut: z.boolean(),
    isExtractive: z.boolean(),
    model: z.string().nullable(),
  }),
]);
export type AssistEvent = z.infer<typeof assistEventSchema>;

/**
 * `changed`: these lists, and these articles in them, are other than before; perhaps told twice. `alive`: nothing new.
 * Either is a place from which `after` goes on.
 */
export const changeEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('changed'),
    position: z.string(),
    ...liveChangesSchema.omit({ jobs: true }).shape,
  }),
  z.object({ type: z.literal('alive'), position: z.string() }),
]);
export type ChangeEvent = z.infer<typeof changeEventSchema>;

export const followChangesInput = z
  .strictObject({
    /** The `position` of the last event that the caller has; from now on when absent. */
    after: z
      .string()
      .regex(/^\d{1,19}-[\w-]{1,64}$/, 'is no position')
      .optional(),
  })
  .default({});
export type FollowChangesInput = z.infer<typeof followChangesInput>;
