import type { AppErrorCode, StoredFile } from '@ainotebook/contract';
import type { SessionClient } from '../../session/session.js';

/** An error code of the server, or `network`: it was not reached, or did not answer as ours. */
export class UploadRefused extends Error {
  override name = 'UploadRefused';
  constructor(readonly code: AppErrorCode | 'network') {
    super(`The upload was refused: ${code}`);
  }
}

interface UploadOptions {
  /** From 0 to 1. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

type Tokens = Pick<SessionClient, 'accessToken' | 'refuse'>;

/** Keeps a file of a note. @throws UploadRefused, an AbortError */
export const uploadFile = (
  tokens: Tokens,
  file: File,
  options: UploadOptions,
): Promise<StoredFile> => sendFile(tokens, { path: '/api/files', file }, options);

/** Sends a file as a form to one of the server's addresses that take one. @throws UploadRefused, an AbortError */
export function sendFile<Stored extends { id: string }>(
  tokens: Tokens,
  { path, file }: { path: string; file: File },
  options: UploadOptions,
): Promise<Stored> {
  const body = new FormData();
  body.append('file', file, file.name);
  return sendBody<Stored>(tokens, { method: 'POST', path, headers: {}, body }, options);
}

interface Sending {
  method: 'POST' | 'PATCH';
  path: string;
  headers: Record<string, string>;
  body: FormData | ArrayBuffer;
  /** How long it may take; for ever when absent. */
  timeoutMs?: number;
}

/**
 * Sends bytes and tells how many have gone; a token that has just ended is renewed once.
 * @throws UploadRefused, an AbortError
 */
export async function sendBody<Answer extends { id: string }>(
  tokens: Tokens,
  sending: Sending,
  options: UploadOptions,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const token = await tokens.accessToken();
    if (token === null) throw new UploadRefused('network');
    try {
      return await send<Answer>(token, sending, options);
    } catch (error) {
      const isStale = error instanceof UploadRefused && error.code === 'unauthenticated';
      if (!isStale || attempt > 1) throw error;
      tokens.refuse(token);
    }
  }
}

/** By XMLHttpRequest: fetch does not tell how much of a body has gone. */
function send<Answer extends { id: string }>(
  token: string,
  { method, path, headers, body, timeoutMs = 0 }: Sending,
  { onProgress, signal }: UploadOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener('abort', abort, { once: true });
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onabort = () => reject(new DOMException('Given up', 'AbortError'));
    request.onerror = () => reject(new UploadRefused('network'));
    request.onload = () => {
      const answer = parse<Answer>(request.responseText);
      if (request.status < 300 && answer.id) resolve(answer as Answer);
      else reject(new UploadRefused(answer.error?.code ?? 'network'));
    };
    request.onloadend = () => signal.removeEventListener('abort', abort);
    request.ontimeout = () => reject(new UploadRefused('network'));
    request.open(method, path);
    request.timeout = timeoutMs;
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('x-ainotebook-client', 'web');
    if (signal.aborted) abort();
    else request.send(body);
  });
}

/** What the server may have answered; a proxy answers something else. */
function parse<Stored>(text: string): Partial<Stored> & { error?: { code: AppErrorCode } } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
