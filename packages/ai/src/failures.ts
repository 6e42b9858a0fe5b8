import { AiError, type AiErrorDetail, type AiFailure } from './ai-error.js';

/** What an HTTP server answered, as far as it tells why. */
export interface Refusal {
  status: number;
  headers?: Headers;
  /** The body as text; JSON in most cases. */
  body?: string;
}

const WORDS: Record<AiFailure, string> = {
  bad_key: 'does not take the key',
  no_credit: 'has no credit left for this account',
  unknown_model: 'has no such model or address',
  too_long: 'is given more text than the model takes',
  refused: 'does not take the request',
  filtered: 'does not answer to this text',
  rate_limited: 'is asked too often',
  unavailable: 'has a fault of its own',
  unreachable: 'cannot be reached',
  timeout: 'did not answer in time',
  stalled: 'stopped in the middle of an answer',
  cut_off: 'broke off an answer',
  bad_answer: 'answered something that cannot be read',
  aborted: 'is no longer asked',
};

const NO_CREDIT =
  /insufficient_?(quota|balance|funds|user_quota)|insufficient account|overdue|arrear|enough (money|credits?)|usage limit/i;
const TOO_LONG =
  /context_length|context length|max(imum)?[_ ](context|input)|too long|exceeds? .*tokens?/i;
const FILTERED =
  /content_?(filter|policy)|sensitive ?content|data_?inspection|moderation|exists risk/i;
const BAD_KEY =
  /(invalid|incorrect)[^.]{0,20}(api[_ ]?key|token)|authentication|unauthorized|token_invalid/i;
const RATE_LIMITED = /rate_?limit|too many requests|throttl/i;
/** A word, not a sentence: sentences of providers repeat what they were sent. */
const CODE = /^[A-Za-z0-9_.:-]{1,80}$/;
const REQUEST_ID_HEADERS = ['x-request-id', 'x-tt-logid', 'request-id'];

/** An `AiError` in our words. */
export function aiError(kind: AiFailure, provider: string, detail: AiErrorDetail = {}): AiError {
  const hints = [detail.status, detail.code].filter((part) => part !== undefined);
  const hint = hints.length > 0 ? ` (${hints.join(' ')})` : '';
  return new AiError(kind, `${provider} ${WORDS[kind]}${hint}`, provider, detail);
}

/** Why an answer that is not 2xx is none. */
export function refusalError(provider: string, refusal: Refusal): AiError {
  const said = readError(parsed(refusal.body));
  const detail: AiErrorDetail = { status: refusal.status };
  if (said.code !== undefined) detail.code = said.code;
  const requestId = requestIdOf(refusal.headers) ?? said.requestId;
  if (requestId !== undefined) detail.requestId = requestId;
  const retryAfterMs = retryAfterOf(refusal.headers);
  if (retryAfterMs !== undefined) detail.retryAfterMs = retryAfterMs;
  return aiError(kindOf(refusal.status, said.words), provider, detail);
}

/** Why an answer under way ends with an error of the provider's instead of the rest. */
export function midStreamError(provider: string, error: unknown): AiError {
  const { code, words } = readError({ error });
  // What is said here has no status: its words are all there is.
  const kind = RATE_LIMITED.test(words) ? 'rate_limited' : kindOf(500, words);
  return aiError(kind, provider, code === undefined ? {} : { code });
}

function kindOf(status: number, words: string): AiFailure {
  // 432 and 433 are Tavily's own.
  if ([402, 432, 433].includes(status)) return 'no_credit';
  if ([400, 403, 429].includes(status) && NO_CREDIT.test(words)) return 'no_credit';
  if (status === 401 || status === 403) return 'bad_key';
  if (status === 404) return 'unknown_model';
  if (status === 408) return 'timeout';
  if (status === 413) return 'too_long';
  if (status === 429) return 'rate_limited';
  if (FILTERED.test(words)) return 'filtered';
  if (status >= 500) return 'unavailable';
  if (BAD_KEY.test(words)) return 'bad_key';
  return TOO_LONG.test(words) ? 'too_long' : 'refused';
}

interface Said {
  code: string | undefined;
  requestId: string | undefined;
  /** All that was said, for the patterns above; goes nowhere else. */
  words: string;
}

/** `{ error: { code, type, message } }` of models, `{ code, message }` and `{ detail: { error } }` of searches. */
function readError(body: unknown): Said {
  const outer = asRecord(body);
  const inner = asRecord(outer.error ?? outer.detail ?? outer);
  const words = [inner.code, inner.type, inner.message, inner.error, outer.error, outer.message]
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .join(' ');
  return {
    code: wordOf(inner.code) ?? wordOf(inner.type),
    requestId: wordOf(outer.request_id) ?? wordOf(outer.log_id),
    words: words.slice(0, 2_000),
  };
}

function parsed(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

export function asRecord(value: unknown): Record<string, unknown> {
  // What is an object has members of unknown types; arrays have none by name.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function wordOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && CODE.test(text) ? text : undefined;
}

function requestIdOf(headers: Headers | undefined): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const id = wordOf(headers?.get(name));
    if (id !== undefined) return id;
  }
  return undefined;
}

function retryAfterOf(headers: Headers | undefined): number | undefined {
  const ms = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms > 0) return Math.round(ms);
  const value = headers?.get('retry-after');
  if (!value) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return wait > 0 ? wait : undefined;
}
