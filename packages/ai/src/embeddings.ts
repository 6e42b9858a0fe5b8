import pLimit from 'p-limit';
import { AiError } from './ai-error.js';
import type { EmbeddingModel } from './embedding-model.js';
import { aiError, asRecord } from './failures.js';
import { callJson } from './http.js';
import type { Provider } from './provider.js';
import { estimateTokens } from './tokens.js';

/** A model of a provider, and the length of its vectors. */
export interface EmbeddingOptions {
  model: string;
  dimensions: number;
  /** Longest request. Default 30,000. */
  timeoutMs?: number;
}

interface Answer {
  vectors: Float32Array[];
  tokens: number;
}

const MAX_BYTES = 64 * 2 ** 20;
/** Ark takes one text in a request: a batch is so many requests, of which this many at once. */
const ARK_BATCH = 16;
const ARK_CONCURRENCY = 4;
/** What OpenAI, Qwen (10) and SiliconFlow (32) take; the least of them costs few requests more. */
const OPENAI_BATCH = 10;
/** Models that shorten their vectors when asked; others answer 400 to the question. */
const SHORTENS = /^text-embedding-(3|v[34])/;

/**
 * Instructions that models were trained with, by the name of the model. Without them they find less.
 * @see https://huggingface.co/intfloat/multilingual-e5-large, and the cards of the others
 */
const INSTRUCTIONS: [model: RegExp, query: string, passage: string][] = [
  [/(^|[/-])e5-/i, 'query: ', 'passage: '],
  [/nomic-embed-text/i, 'search_query: ', 'search_document: '],
  [/bge-(small|base|large)-zh/i, '为这个句子生成表示以用于检索相关文章：', ''],
  [/bge-(small|base|large)-en/i, 'Represent this sentence for searching relevant passages: ', ''],
  [
    /qwen3-embedding/i,
    'Instruct: Given a question, retrieve the passages of notes that answer it\nQuery:',
    '',
  ],
];

/** An embedding model of a provider. Nothing is connected before the first call. */
export function createEmbeddingModel(
  provider: Provider,
  { model, dimensions, timeoutMs = 30_000 }: EmbeddingOptions,
): EmbeddingModel {
  const [, query = '', passage = ''] = INSTRUCTIONS.find(([name]) => name.test(model)) ?? [];
  const { name } = provider;

  async function call(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
    const answer = await callJson({
      provider: name,
      url: provider.baseUrl + path,
      headers: { authorization: `Bearer ${provider.apiKey ?? 'none'}` },
      body,
      timeoutMs,
      maxBytes: MAX_BYTES,
      signal,
      fetch: provider.fetch,
    });
    const { data, usage } = asRecord(answer);
    const tokens = asRecord(usage).prompt_tokens ?? asRecord(usage).total_tokens;
    return {
      vectors: inOrder(data).map((item) => unitVector(asRecord(item).embedding, name, dimensions)),
      // 0 is replaced by an estimate below.
      tokens: typeof tokens === 'number' ? tokens : 0,
    };
  }

  async function embedOpenai(texts: readonly string[], signal?: AbortSignal): Promise<Answer> {
    const body = { model, input: texts, encoding_format: 'float' };
    return call('/embeddings', SHORTENS.test(model) ? { ...body, dimensions } : body, signal);
  }

  /** What was answered before a failure is paid for, so it is not thrown away. */
  async function embedArk(texts: readonly string[], signal?: AbortSignal): Promise<Answer> {
    const limit = pLimit(ARK_CONCURRENCY);
    const answers: (Answer | null)[] = texts.map(() => null);
    const failures: unknown[] = [];
    const ask = async (text: string, at: number) => {
      if (failures.length > 0) return;
      const input = [{ type: 'text', text }];
      const body = { model, input, dimensions, encoding_format: 'float' };
      try {
        const answer = await call('/embeddings/multimodal', body, signal);
        if (answer.vectors.length !== 1) throw aiError('bad_answer', name);
        answers[at] = { ...answer, tokens: answer.tokens || estimateTokens(text) };
      } catch (error) {
        failures.push(error);
      }
    };
    await Promise.all(texts.map((text, at) => limit(ask, text, at)));
    const tokens = answers.reduce((sum, answer) => sum + (answer?.tokens ?? 0), 0);
    const end = answers.indexOf(null);
    const first = answers.slice(0, end < 0 ? texts.length : end);
    const [failure] = failures;
    if (failure !== undefined && (first.length === 0 || signal?.aborted))
      throw withTokens(failure, tokens);
    return { vectors: first.flatMap((answer) => answer?.vectors ?? []), tokens };
  }

  const isArk = provider.kind === 'ark';
  const maxBatch = isArk ? ARK_BATCH : OPENAI_BATCH;
  return {
    provider: name,
    model,
    dimensions,
    maxBatch,
    async embed(texts, { kind, signal }) {
      if (texts.length > maxBatch)
        throw new RangeError(`${texts.length} texts at once, at most ${maxBatch}`);
      if (texts.length === 0) return { vectors: [], tokens: 0 };
      const prefix = kind === 'query' ? query : passage;
      const inputs = texts.map((text) => prefix + text);
      const { vectors, tokens } = await (isArk ? embedArk : embedOpenai)(inputs, signal);
      if (vectors.length > texts.length || (!isArk && vectors.length < texts.length))
        throw aiError('bad_answer', name);
      const counted = tokens || inputs.reduce((sum, text) => sum + estimateTokens(text), 0);
      return { vectors, tokens: counted };
    },
  };
}

/** A failure with what was paid for all the same. */
function withTokens(error: unknown, tokens: number): unknown {
  if (!(error instanceof AiError) || tokens === 0) return error;
  return new AiError(error.kind, error.message, error.provider, { ...error.detail, tokens });
}

/** `data` is a list with an `index` each; Ark's multimodal models answer one object. */
function inOrder(data: unknown): unknown[] {
  if (!Array.isArray(data)) return [data];
  const indexOf = (item: unknown, at: number) => {
    const { index } = asRecord(item);
    return typeof index === 'number' ? index : at;
  };
  return data
    .map((item, at) => ({ item, index: indexOf(item, at) }))
    .sort((one, other) => one.index - other.index)
    .map(({ item }) => item);
}

/** @throws AiError bad_answer when it is not a vector of so many numbers */
function unitVector(value: unknown, provider: string, dimensions: number): Float32Array {
  if (!Array.isArray(value)) throw aiError('bad_answer', provider);
  // Tells an operator what to write into EMBEDDING_DIMENSIONS.
  if (value.length !== dimensions)
    throw aiError('bad_answer', provider, { code: `dimensions:${value.length}` });
  const vector = Float32Array.from(value, Number);
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  if (!Number.isFinite(length) || length === 0) throw aiError('bad_answer', provider);
  return vector.map((x) => x / length);
}
