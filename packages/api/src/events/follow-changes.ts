import {
  type ChangeEvent,
  type FollowChangesInput,
  LIMITS,
  type LiveList,
  liveListSchema,
} from '@ainotebook/contract';
import { changesSince } from '@ainotebook/db';
import type { AuthedContext } from '../context.js';
import { AppError } from '../errors.js';
import { readArticles, requireListener } from './events.service.js';
import type { Live } from './live.js';

/** A line that is silent for longer is taken for dead by what stands in between. */
const ALIVE_MS = 10_000;
/** How often a process that has just started is asked whether it knows the log. */
const LOOK_MS = 100;
/** Changes of one user that are looked up at most for who comes back. */
const MISSED = 1_000;

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'live'>;

/**
 * What changes of the caller's own things, after a position or from now on, until `signal`. What is not taken at once
 * is put together, so that what waits is bounded; each change is told at least once.
 * @throws AppError limit_reached; unavailable from the stream, where the process ends
 */
export async function* followChanges(
  ctx: Caller,
  { after }: FollowChangesInput,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChangeEvent, void, void> {
  const { live, auth } = ctx;
  await untilKnown(live, signal);
  requireListener(ctx);
  const heard = new Heard();
  const stop = live.listen(auth.userId, (changes) => heard.add(changes.lists, changes.articleIds));
  const onAbort = () => heard.wake();
  signal?.addEventListener('abort', onAbort);
  try {
    // After the listening has begun: what happens meanwhile is heard twice rather than not.
    if (after !== undefined) await hearMissed(ctx, after, heard);
    for (let isFirst = true; !signal?.aborted; isFirst = false) {
      if (live.isClosed) throw restarting();
      const position = live.position();
      if (position === null) throw restarting();
      const news = heard.take();
      if (news) {
        const { ids, lists, isPartial } = news;
        const articles = await readArticles(ctx, ids);
        yield { type: 'changed', position, articles, lists, isPartial };
      } else {
        // The first one says where the caller comes in.
        if (!isFirst) await heard.change(ALIVE_MS);
        if (isFirst || heard.isEmpty) yield { type: 'alive', position };
      }
    }
  } finally {
    stop();
    signal?.removeEventListener('abort', onAbort);
  }
}

const restarting = () =>
  new AppError('unavailable', 'The server restarts; go on from the last position', {
    retryAfterMs: 1_000,
  });

async function untilKnown(live: Live, signal: AbortSignal | undefined): Promise<void> {
  while (live.position() === null && !live.isClosed && !signal?.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function hearMissed({ db, auth }: Caller, position: string, heard: Heard): Promise<void> {
  const missed = await changesSince(db, { position, userId: auth.userId, limit: MISSED });
  if (missed === null || missed.length === MISSED) return heard.addAll();
  for (const { key, scope } of missed) {
    const list = liveListSchema.safeParse(/^user:[^:]+:(\w+)$/.exec(scope ?? key)?.[1]).data;
    const id = /^article:(.+)$/.exec(key)?.[1];
    if (list) heard.add([list], id ? [id] : []);
  }
}

/** What was heard and not yet told. */
class Heard {
  #lists = new Set<LiveList>();
  #ids = new Set<string>();
  #isPartial = false;
  #wake = () => {};

  get isEmpty(): boolean {
    return this.#lists.size === 0;
  }

  add(lists: Iterable<LiveList>, ids: Iterable<string>): void {
    for (const list of lists) this.#lists.add(list);
    for (const id of ids) {
      if (this.#ids.size < LIMITS.liveArticles) this.#ids.add(id);
      else if (!this.#ids.has(id)) this.#isPartial = true;
    }
    this.#wake();
  }

  /** Anything may have changed. */
  addAll(): void {
    this.#isPartial = true;
    this.add(liveListSchema.options, []);
  }

  take(): { lists: LiveList[]; ids: string[]; isPartial: boolean } | null {
    if (this.isEmpty) return null;
    const taken = { lists: [...this.#lists], ids: [...this.#ids], isPartial: this.#isPartial };
    this.#lists = new Set();
    this.#ids = new Set();
    this.#isPartial = false;
    return taken;
  }

  wake(): void {
    this.#wake();
  }

  /** Resolves with the next news, and after `ms` at the latest. */
  change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
