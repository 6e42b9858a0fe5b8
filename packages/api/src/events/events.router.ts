import {
  assistEditInput,
  assistEventSchema,
  changeEventSchema,
  followChangesInput,
  liveChangesSchema,
  messageEventSchema,
  streamMessageInput,
} from '@ainotebook/contract';
import type { TRPCBuiltRouter, TRPCRouterRecord } from '@trpc/server';
import { editPassage } from '../assist/edit-passage.js';
import { streamMessage } from '../conversations/stream-message.js';
import { AppError } from '../errors.js';
import { authedProcedure } from '../procedures.js';
import { isStream, streamOf } from '../stream-of.js';
import { type OurErrorShape, t } from '../trpc.js';
import { watchChanges } from './events.service.js';
import { followChanges } from './follow-changes.js';

/** By HTTP. */
export const eventsRouter = {
  /**
   * What changes of the caller's own notes and lists, whoever changes it, from now on or from the `position` of a
   * former event. It ends when its reader leaves. @throws limit_reached
   */
  changes: authedProcedure
    .meta({ isPublic: true, scope: 'articles' })
    .input(followChangesInput)
    .output(streamOf(changeEventSchema))
    .query(({ ctx, input, signal }) => followChanges(ctx, input, signal)),
} satisfies TRPCRouterRecord;

/** Streams of one socket that are open; what a page has is one. */
const MOST_OPEN = 20;
/** How many are, by the request that the socket began with. */
const open = new WeakMap<object, number>();

/** A signed-in user of a socket, with a bound on what one socket has open. @throws limit_reached */
const liveProcedure = authedProcedure.use(async ({ ctx, next }) => {
  const { request } = ctx;
  const present = open.get(request) ?? 0;
  if (present >= MOST_OPEN) throw new AppError('limit_reached', `At most ${MOST_OPEN} at once`);
  open.set(request, present + 1);
  const release = () => void open.set(request, (open.get(request) ?? 1) - 1);
  const result = await next();
  if (result.ok && isStream(result.data)) return { ...result, data: until(release, result.data) };
  release();
  return result;
});

async function* until(
  release: () => void,
  stream: AsyncIterable<unknown>,
): AsyncGenerator<unknown, void, void> {
  try {
    yield* stream;
  } finally {
    release();
  }
}

const liveEventsRouter = {
  /** What changes of the caller's, whoever changes it. */
  mine: liveProcedure
    .output(streamOf(liveChangesSchema))
    .subscription(({ ctx, signal }) => watchChanges(ctx, signal)),
} satisfies TRPCRouterRecord;

const answersRouter = {
  /** An answer as it is written, from `after` on; as `messages.stream` by HTTP. @throws not_found */
  stream: liveProcedure
    .input(streamMessageInput)
    .output(streamOf(messageEventSchema))
    .subscription(({ ctx, input, signal }) => streamMessage(ctx, input, signal)),
} satisfies TRPCRouterRecord;

const passagesRouter = {
  /** As `assist.edit` by HTTP. @throws not_found, ai_off, limit_reached, budget_spent */
  edit: liveProcedure
    .input(assistEditInput)
    .output(streamOf(assistEventSchema))
    .subscription(({ ctx, input, signal }) => editPassage(ctx, input, signal)),
} satisfies TRPCRouterRecord;

const routers = { events: liveEventsRouter, messages: answersRouter, assist: passagesRouter };

/** What is reached by WebSocket; nothing else is, and by HTTP none of it. */
export const liveRouter = t.router(routers);

export const createLiveCaller = t.createCallerFactory(liveRouter);

/** The router's type without the server's context. */
export type LiveRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: OurErrorShape; transformer: true },
  typeof routers
>;
