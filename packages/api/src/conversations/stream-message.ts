import type { MessageEvent, StreamMessageInput } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, eq } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { isLost, isUnfinished, readMessage } from './message-rows.js';

const { messages } = schema;

/** How often the row of an answer is read that another process writes. */
const LOOK_MS = 250;
/** A line that is silent for longer is taken for dead by what stands in between. */
const ALIVE_MS = 10_000;

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'answering'>;

/**
 * The text of an answer of the caller as it is written, from `after` on, then the whole message.
 * Whichever process writes it: a page that is loaded anew goes on where it was.
 * @throws AppError not_found
 */
export async function streamMessage(
  ctx: Caller,
  { id, after }: StreamMessageInput,
  signal: AbortSignal | undefined,
): Promise<AsyncGenerator<MessageEvent, void, void>> {
  // Before the first event, while an error is still an answer with a status.
  if (!(await readMessage(ctx.db, ctx.auth.userId, id))) throw notFound('Message');
  return follow(ctx, { id, after }, signal);
}

async function* follow(
  ctx: Caller,
  { id, after }: StreamMessageInput,
  signal: AbortSignal | undefined,
): AsyncGenerator<MessageEvent, void, void> {
  let sent = after;
  let ahead: number | null = null;
  let spokeAt = performance.now();
  while (!signal?.aborted) {
    const more = await moreOf(ctx, id, { sent, ahead });
    if (more === null) {
      const message = await readMessage(ctx.db, ctx.auth.userId, id);
      if (!message) throw notFound('Message');
      // Ended between the two looks, or lost: either way it is final now.
      if (message.status === 'waiting' || message.status === 'writing') continue;
      // Written since the last look. A mended text is not the one that the place was counted in.
      const rest = message.receipt?.isMended ? '' : message.content.slice(sent);
      if (rest !== '') yield { type: 'text', text: rest };
      yield { type: 'end', message };
      return;
    }
    const { text } = more;
    if (more.ahead !== ahead) {
      ahead = more.ahead;
      spokeAt = performance.now();
      yield { type: 'queued', ahead };
    }
    if (text !== '') {
      sent += text.length;
      spokeAt = performance.now();
      yield { type: 'text', text };
    } else if (performance.now() - spokeAt > ALIVE_MS) {
      spokeAt = performance.now();
      yield { type: 'alive' };
    }
  }
}

interface Seen {
  sent: number;
  ahead: number | null;
}

/** What comes after `sent` units, or another place among those that wait, waited for a moment; null when no more will come. */
async function moreOf(
  ctx: Caller,
  id: string,
  { sent, ahead }: Seen,
): Promise<{ text: string; ahead: number | null } | null> {
  const own = ctx.answering.running(id, ctx.auth.userId);
  if (own) {
    if (own.content.length <= sent && own.ahead === ahead) await own.changed(LOOK_MS);
    return own.isOver ? null : { text: own.content.slice(sent), ahead: own.ahead };
  }
  const [row] = await ctx.db
    .select({
      content: messages.content,
      ahead: messages.ahead,
      isLost,
    })
    .from(messages)
    .where(and(eq(messages.id, id), eq(messages.userId, ctx.auth.userId), isUnfinished));
  if (!row || row.isLost) return null;
  const isNew = row.content.length > sent || row.ahead !== ahead;
  if (!isNew) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return { text: row.content.slice(sent), ahead: row.ahead };
}
