import type { LiveRouter } from '@ainotebook/api';
import type { Message, MessageEvent } from '@ainotebook/contract';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import type { App } from '../../app-context.js';
import { isUnfinished } from './branches.js';

/** How often an answer is asked for where no line stays open. */
const ASK_MS = 2000;

interface Followed {
  message: Message;
  signal: AbortSignal;
  /** All of the text so far. */
  onText: (text: string) => void;
  /** So many answers come before it; null once its turn has come. */
  onPlace: (ahead: number | null) => void;
}

/**
 * An answer as it is written; resolves with the whole of it, or with null once `signal` says so. Where
 * the line breaks, or nothing in between lets one through, it is asked for every two seconds.
 */
export async function followAnswer(
  { session, api }: Pick<App, 'session' | 'api'>,
  { message: { id, conversationId, content }, signal, onText, onPlace }: Followed,
): Promise<Message | null> {
  let text = content;
  const take = (now: string) => {
    text = now;
    onText(now);
  };
  while (!signal.aborted) {
    const whole = await listen(session, { id, signal, text: () => text, take, onPlace });
    if (whole) return whole;
    await pause(ASK_MS, signal);
    const asked = await api.conversations.get.query({ id: conversationId }).catch(() => null);
    const message = asked?.messages.find((one) => one.id === id);
    if (asked && !message) return null;
    if (message && !isUnfinished(message)) return message;
    if (message) take(message.content);
  }
  return null;
}

interface Line {
  id: string;
  signal: AbortSignal;
  text: () => string;
  take: (text: string) => void;
  onPlace: Followed['onPlace'];
}

/** What comes by a socket of its own; null when it closed before the end. */
function listen(
  session: App['session'],
  { id, signal, text, take, onPlace }: Line,
): Promise<Message | null> {
  return new Promise((resolve) => {
    const end = (whole: Message | null) => {
      signal.removeEventListener('abort', leave);
      subscription.unsubscribe();
      void socket.close();
      resolve(whole);
    };
    const leave = () => end(null);
    const socket = createWSClient({
      url: `${location.origin.replace(/^http/, 'ws')}/ws`,
      connectionParams: async () => ({ token: (await session.accessToken()) ?? '' }),
      // It would ask again from the beginning.
      onClose: leave,
    });
    const client = createTRPCClient<LiveRouter>({
      links: [wsLink({ client: socket, transformer: superjson })],
    });
    const subscription = client.messages.stream.subscribe(
      { id, after: text().length },
      {
        onData(event: MessageEvent) {
          if (event.type === 'queued') onPlace(event.ahead);
          else if (event.type === 'text') take(text() + event.text);
          else if (event.type === 'end') end(event.message);
        },
        onError: leave,
        onComplete: leave,
      },
    );
    signal.addEventListener('abort', leave);
  });
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
