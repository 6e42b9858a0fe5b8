import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * How a model of a stand-in misbehaves; asked for by its name, `chat-cut` say, so that another process can:
 * - `429` always, `flaky` the first time; `500`; `credit`: nothing left to pay with
 * - `long`, `filter`: 400 of the two kinds that are about the text
 * - `html`: 200 with a page instead of an answer
 * - `drop`: the connection ends before the answer; `hang`: nothing comes
 * - `cut`, `stall`, `error`, `badjson`, `undone`: after three pieces the connection breaks, nothing more comes,
 *   an error comes, half a line comes, the answer ends without saying so
 * - `slow`: a piece every 50 ms; `uncounted`: no usage
 */
export const FAULTS = [
  '429',
  'flaky',
  '500',
  'credit',
  'long',
  'filter',
  'html',
  'drop',
  'hang',
  'cut',
  'stall',
  'error',
  'badjson',
  'undone',
  'slow',
  'uncounted',
] as const;

export type Fault = (typeof FAULTS)[number];

/** `chat` and `chat-cut` are models of a stand-in; undefined for what is none. */
export function faultOf(model: string): Fault | null | undefined {
  const name = /^(?:chat|gpt-6|embed|text-embedding-3)(?:-(\w+))?$/.exec(model);
  if (name === null) return undefined;
  return name[1] === undefined ? null : FAULTS.find((fault) => fault === name[1]);
}

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  const headers = { 'content-type': 'application/json', 'x-request-id': 'req-0001' };
  res.writeHead(status, headers).end(JSON.stringify(body));
}

export function sendError(res: ServerResponse, status: number, code: string, text: string): void {
  sendJson(res, status, { error: { code, type: 'error', message: text } });
}

/** Faults that come instead of an answer; true when one did. */
export function sendFault(res: ServerResponse, fault: Fault | null, isFirst: boolean): boolean {
  if (fault === '429' || (fault === 'flaky' && isFirst)) {
    res.setHeader('retry-after-ms', '20');
    sendError(res, 429, 'RateLimitExceeded', 'slow down');
  } else if (fault === '500') sendError(res, 500, 'InternalServiceError', 'secret of the server');
  else if (fault === 'credit') sendError(res, 429, 'insufficient_quota', 'pay first');
  else if (fault === 'long') sendError(res, 400, 'context_length_exceeded', 'too long');
  else if (fault === 'filter') sendError(res, 400, 'SensitiveContentDetected', 'no');
  else if (fault === 'html')
    res.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello</p>');
  else if (fault === 'drop') res.socket?.destroy();
  else return fault === 'hang';
  return true;
}

/** What a chat model says, piece by piece. */
export interface Said {
  model: string;
  reasoning: string;
  answer: string;
  finish: 'stop' | 'length';
  /** Null when usage was not asked for. */
  usage: object | null;
}

const pieces = (text: string) => [...text.matchAll(/.{1,3}/gsu)].map(([piece]) => piece);

/** The answer as server-sent events, broken where `fault` breaks it. */
export async function streamAnswer(
  res: ServerResponse,
  said: Said,
  fault: Fault | null,
): Promise<void> {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req-0001' });
  const send = (data: unknown) => res.write(`data: ${JSON.stringify(data)}\n\n`);
  const chunk = (delta: object, finish: string | null = null) => ({
    id: 'answer',
    object: 'chat.completion.chunk',
    created: 1,
    model: said.model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  send(chunk({ role: 'assistant', content: '' }));
  for (const piece of pieces(said.reasoning)) send(chunk({ reasoning_content: piece }));
  for (const [at, piece] of pieces(said.answer).entries()) {
    if (at === 3) {
      // What was written must be on its way before the connection breaks.
      if (fault === 'cut') return void setImmediate(() => res.socket?.destroy());
      if (fault === 'stall') return;
      if (fault === 'undone') return void res.end();
      if (fault === 'error') {
        send({ error: { code: 'ServerOverloaded', type: 'error', message: 'secret' } });
        return void res.end('data: [DONE]\n\n');
      }
      if (fault === 'badjson') return void res.end('data: {"id":"answer","cho\n\ndata: [DONE]\n\n');
    }
    if (fault === 'slow') await wait(50);
    if (res.destroyed) return;
    send(chunk({ content: piece }));
  }
  send(chunk({}, said.finish));
  if (said.usage !== null) send({ ...chunk({}), choices: [], usage: said.usage });
  res.end('data: [DONE]\n\n');
}
