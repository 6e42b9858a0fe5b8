import type { ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../payments/http.js';
import { faultOf, sendError, sendFault, sendJson, streamAnswer } from './answers.js';
import { vectorOf } from './vectors.js';

/** One request as it came. */
export interface ModelRequest {
  path: string;
  body: Record<string, unknown>;
  /** When the other side left before the answer was whole; null while it has not. */
  leftAt: number | null;
}

/** Stands for a provider of models, knowing no SDK. */
export interface ModelStandIn {
  /** With `/v1` or `/api/v3`. */
  baseUrl: string;
  /** Every request that had the right key and address. */
  requests: ModelRequest[];
  stop(): Promise<void>;
}

export interface ModelStandInOptions {
  kind: 'openai' | 'ark';
  apiKey: string;
  /** What a chat model says to the last message. Default: `收到：` and the message. */
  answer?: (messages: readonly { role: string; content: string }[]) => string;
}

const ARK_DIMENSIONS = [1024, 2048];
const ROLES = ['system', 'user', 'assistant'];

/**
 * Serves `/chat/completions` (models `chat`, `gpt-6`) and embeddings (`embed`, `text-embedding-3`), each also with
 * a fault behind its name: `chat-cut`. Refuses with 400 what the real ones refuse, and says why.
 */
export async function startModels(options: ModelStandInOptions): Promise<ModelStandIn> {
  const { kind, apiKey } = options;
  const base = kind === 'ark' ? '/api/v3' : '/v1';
  const embeddings = kind === 'ark' ? '/embeddings/multimodal' : '/embeddings';
  const requests: ModelRequest[] = [];
  const asked = new Set<string>();

  const { url, stop } = await listenOnLoopback(async (req, res) => {
    const body = parseBody(await readBody(req));
    const path = (req.url ?? '').slice(base.length);
    if (!req.url?.startsWith(base) || !['/chat/completions', embeddings].includes(path))
      return sendError(res, 404, 'NotFound', `no ${req.method} ${req.url}`);
    if (req.headers.authorization !== `Bearer ${apiKey}`)
      return sendError(res, 401, 'AuthenticationError', `key ${req.headers.authorization}`);
    if (req.method !== 'POST' || body === null) return sendError(res, 400, 'BadRequest', 'no JSON');
    const request: ModelRequest = { path, body, leftAt: null };
    requests.push(request);
    res.on('close', () => {
      if (!res.writableFinished) request.leftAt = Date.now();
    });
    await answer(res, request);
  });

  async function answer(res: ServerResponse, { path, body }: ModelRequest) {
    const model = String(body.model);
    const fault = faultOf(model);
    if (fault === undefined)
      return sendError(res, 404, 'InvalidEndpointOrModel.NotFound', `no model ${model}`);
    const isChat = path === '/chat/completions';
    const wrong = isChat ? wrongChat(body, kind) : wrongEmbedding(body, kind);
    if (wrong !== null) return sendError(res, 400, 'InvalidParameter', wrong);
    const isFirst = !asked.has(model);
    asked.add(model);
    if (sendFault(res, fault, isFirst)) return;
    if (!isChat) return sendJson(res, 200, embedded(body, kind));
    const messages = body.messages as { role: string; content: string }[];
    const last = messages.at(-1)?.content ?? '';
    const whole = options.answer?.(messages) ?? `收到：${last}`;
    const said = whole.slice(0, limitOf(body));
    const reasoning = kind === 'ark' && thinkingOf(body) !== 'disabled' ? '先想一想。' : '';
    const promptTokens = messages.reduce((sum, { content }) => sum + content.length, 0);
    const usage = {
      prompt_tokens: promptTokens,
      completion_tokens: said.length + reasoning.length,
      total_tokens: promptTokens + said.length + reasoning.length,
      prompt_tokens_details: { cached_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: reasoning.length },
    };
    const isCounted = isRecord(body.stream_options) && body.stream_options.include_usage === true;
    const counted = isCounted && fault !== 'uncounted' ? usage : null;
    const finish = said === whole ? 'stop' : 'length';
    await streamAnswer(res, { model, reasoning, answer: said, finish, usage: counted }, fault);
  }

  return { baseUrl: url + base, requests, stop };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Most tokens of the answer; one is a character here. */
const limitOf = ({ max_tokens, max_completion_tokens }: Record<string, unknown>) =>
  Number(max_tokens ?? max_completion_tokens);

const thinkingOf = (body: Record<string, unknown>) =>
  isRecord(body.thinking) ? body.thinking.type : undefined;

function parseBody(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? body : null;
  } catch {
    return null;
  }
}

/** What a real server would not take; null when it would. */
function wrongChat(body: Record<string, unknown>, kind: 'openai' | 'ark'): string | null {
  const { messages, model } = body;
  if (!Array.isArray(messages) || messages.length === 0) return 'messages are missing';
  for (const message of messages) {
    if (!isRecord(message) || !ROLES.includes(String(message.role))) return 'a role is unknown';
    if (typeof message.content !== 'string') return 'content is not text';
    // As Moonshot does.
    if (message.role === 'assistant' && message.content.trim() === '')
      return 'message must not be empty';
  }
  if (body.stream !== true) return 'only streams are served';
  const isReasoning = String(model).startsWith('gpt-6');
  const limit = isReasoning ? body.max_completion_tokens : body.max_tokens;
  if (!Number.isInteger(limit) || Number(limit) < 1) return 'the limit of tokens is missing';
  if (isReasoning && (body.max_tokens !== undefined || body.temperature !== undefined))
    return 'max_tokens and temperature are not supported';
  if (kind === 'openai' && body.thinking !== undefined) return 'thinking is unknown';
  if (kind === 'ark') {
    if (!['enabled', 'disabled', 'auto'].includes(String(thinkingOf(body))))
      return 'thinking is not said';
    if (body.frequency_penalty !== undefined || body.presence_penalty !== undefined)
      return 'penalties are not supported';
  }
  return null;
}

function wrongEmbedding(body: Record<string, unknown>, kind: 'openai' | 'ark'): string | null {
  const { input, dimensions } = body;
  if (body.encoding_format !== 'float') return 'encoding_format must be float';
  if (!Array.isArray(input) || input.length === 0) return 'input is missing';
  if (kind === 'ark') {
    const [item] = input;
    if (input.length > 1) return 'one text at a time';
    if (!isRecord(item) || item.type !== 'text' || typeof item.text !== 'string')
      return 'input is not a text';
    return ARK_DIMENSIONS.includes(Number(dimensions)) ? null : 'dimensions must be 1024 or 2048';
  }
  if (input.length > 10) return 'at most 10 texts';
  if (!input.every((text) => typeof text === 'string' && text !== '')) return 'input is not text';
  const canShorten = String(body.model).startsWith('text-embedding-3');
  return dimensions !== undefined && !canShorten ? 'dimensions are not supported' : null;
}

function embedded(body: Record<string, unknown>, kind: 'openai' | 'ark'): unknown {
  const dimensions = typeof body.dimensions === 'number' ? body.dimensions : 1024;
  // What these hold was checked above.
  const texts = (body.input as unknown[]).map((item) => String(isRecord(item) ? item.text : item));
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  const usage = { prompt_tokens: total, total_tokens: total };
  const items = texts.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: vectorOf(text, dimensions),
  }));
  const head = { id: 'vectors', model: body.model, usage };
  if (kind === 'ark') {
    const [item] = items;
    return { ...head, object: 'list', data: { object: 'embedding', embedding: item?.embedding } };
  }
  // Servers that work in parallel answer in the order they finish.
  return { ...head, object: 'list', data: items.reverse() };
}
