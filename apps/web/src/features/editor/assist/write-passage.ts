import type { LiveRouter } from '@ainotebook/api';
import type { AssistEditInput, AssistEvent } from '@ainotebook/contract';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import type { App } from '../../../app-context.js';
import { type ErrorCode, errorInfo } from '../../../lib/errors.js';

type Ending = Omit<Extract<AssistEvent, { type: 'end' }>, 'type'>;

/** How a text ended: by itself or for a reason the model's provider gave, or by a refusal of the server's. */
export type PassageEnd = Ending | { code: ErrorCode };

interface Asked {
  signal: AbortSignal;
  /** All of the text so far. */
  onText: (text: string) => void;
  /** So many texts of others come before it. */
  onPlace: (ahead: number) => void;
}

/** Has a text written for a passage, by a socket of its own; leaving it ends the writing at the model. */
export function writePassage(
  { session }: Pick<App, 'session'>,
  input: AssistEditInput,
  { signal, onText, onPlace }: Asked,
): Promise<PassageEnd> {
  return new Promise((resolve) => {
    let text = '';
    const end = (how: PassageEnd) => {
      // First: what follows says that the line is gone.
      resolve(how);
      signal.removeEventListener('abort', leave);
      subscription.unsubscribe();
      void socket.close();
    };
    const lost = () => end({ code: 'network' });
    const leave = () => end({ failure: null, isCut: false, isExtractive: false, model: null });
    const socket = createWSClient({
      url: `${location.origin.replace(/^http/, 'ws')}/ws`,
      connectionParams: async () => ({ token: (await session.accessToken()) ?? '' }),
      // It would ask again, and have another text written.
      onClose: lost,
      onError: lost,
    });
    const client = createTRPCClient<LiveRouter>({
      links: [wsLink({ client: socket, transformer: superjson })],
    });
    const subscription = client.assist.edit.subscribe(input, {
      onData(event: AssistEvent) {
        if (event.type === 'end') return end(event);
        if (event.type === 'queued') return onPlace(event.ahead);
        text += event.text;
        onText(text);
      },
      onError: (error) => end({ code: errorInfo(error).code }),
      onComplete: lost,
    });
    signal.addEventListener('abort', leave);
  });
}
