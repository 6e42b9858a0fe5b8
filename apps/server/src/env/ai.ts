import { z } from 'zod';
import { about, integer, number, text, urlOf } from './kinds.js';

const AI = 'AI services';

export const PROVIDERS = ['volcengine', 'openai'] as const;

export const SEARCH_ENGINES = ['bocha', 'tavily', 'serper', 'brave', 'searxng'] as const;

const baseUrl = () =>
  urlOf('http:', 'https:')
    .refine((value) => !/[?#]/.test(value), 'must be an address without ? and #')
    .transform((value) => value.replace(/\/+$/, ''));

const providers = text
  .transform((value) => value.split(',').map((name) => name.trim()))
  .pipe(
    z.array(z.enum(PROVIDERS, `must be a list of ${PROVIDERS.join(' and ')}, separated by commas`)),
  );

/** Yuan, as millionths. */
const yuan = z
  .number()
  .min(0)
  .max(1_000_000)
  .transform((value) => Math.round(value * 1e6));
const perMillion = z
  .strictObject({ input: yuan, output: yuan, cached: yuan.optional() })
  .transform(({ cached, ...price }) => ({ ...price, cached: cached ?? price.input, call: 0 }));
const perCall = z
  .strictObject({ call: yuan })
  .transform(({ call }) => ({ input: 0, cached: 0, output: 0, call }));
const PRICES_LIKE =
  'must be JSON like {"model":{"input":0.6,"cached":0.12,"output":3.6},"bocha":{"call":0.036}}';

const prices = text.transform((value, context) => {
  const read = z.record(z.string().min(1), z.union([perMillion, perCall])).safeParse(parsed(value));
  if (read.success) return new Map(Object.entries(read.data));
  context.addIssue({ code: 'custom', message: PRICES_LIKE });
  return z.NEVER;
});

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

export const aiVariables = {
  AI_PROVIDERS: providers
    .optional()
    .meta(
      about(
        AI,
        'Who is asked, in this order: the next one where one fails. Those that are set up, volcengine first, when empty.',
        { example: 'volcengine,openai' },
      ),
    ),
  VOLCENGINE_API_KEY: text
    .optional()
    .meta(about(AI, 'Volcengine Ark. Complete by itself.', { isSecret: true, example: '' })),
  VOLCENGINE_BASE_URL: baseUrl()
    .default('https://ark.cn-beijing.volces.com/api/v3')
    .meta(about(AI, 'Address of Ark, with its /api/v3.')),
  VOLCENGINE_CHAT_MODEL: text
    .default('doubao-seed-2-0-lite-260428')
    .meta(about(AI, 'A model with its date, or an endpoint: ep-...')),
  VOLCENGINE_EMBEDDING_MODEL: text
    .default('doubao-embedding-vision-251215')
    .meta(about(AI, 'A model for vectors of texts, with its date, or an endpoint.')),
  VOLCENGINE_THINKING: z
    .enum(['enabled', 'disabled', 'auto'])
    .default('disabled')
    .meta(about(AI, 'Whether the model thinks before it answers: enabled, disabled or auto.')),
  OPENAI_API_KEY: text
    .optional()
    .meta(
      about(
        AI,
        'OpenAI or a compatible server. May be empty where OPENAI_BASE_URL is a server that asks for no key.',
        { isSecret: true, example: '' },
      ),
    ),
  OPENAI_BASE_URL: baseUrl()
    .default('https://api.openai.com/v1')
    .meta(
      about(
        AI,
        'Address of the OpenAI-compatible server, with its /v1: Ollama, vLLM, DeepSeek, Qwen, SiliconFlow. Another than OpenAI needs OPENAI_CHAT_MODEL.',
      ),
    ),
  OPENAI_CHAT_MODEL: text
    .optional()
    .meta(about(AI, 'gpt-6-luna when empty and the server is OpenAI.', { example: 'qwen3:8b' })),
  OPENAI_EMBEDDING_MODEL: text
    .optional()
    .meta(
      about(
        AI,
        'text-embedding-3-small when empty and the server is OpenAI; no vectors when it is another.',
        { example: 'bge-m3' },
      ),
    ),
  AI_EMBEDDING_PROVIDER: z
    .enum([...PROVIDERS, 'off'])
    .optional()
    .meta(
      about(
        AI,
        'Whose vectors are searched: volcengine, openai or off. The first of AI_PROVIDERS that has a model for them when empty. Another one embeds all notes anew.',
        { example: 'volcengine' },
      ),
    ),
  EMBEDDING_DIMENSIONS: integer(64, 4096, 1024).meta(
    about(AI, 'Numbers in a vector, as the model gives them; Ark: 1024 or 2048.'),
  ),
  AI_CONTEXT_TOKENS: integer(2_000, 2_000_000, 32_000).meta(
    about(AI, 'Tokens of a question and its answer together; longer ones are not sent.'),
  ),
  AI_MAX_OUTPUT_TOKENS: integer(64, 100_000, 2_048).meta(about(AI, 'Most tokens of one answer.')),
  AI_TIMEOUT_MS: integer(1_000, 3_600_000, 120_000).meta(about(AI, 'Longest whole answer.')),
  AI_FIRST_CHUNK_MS: integer(1_000, 600_000, 30_000).meta(
    about(AI, 'Longest wait for the first piece of an answer.'),
  ),
  AI_CHUNK_MS: integer(1_000, 600_000, 20_000).meta(
    about(AI, 'Longest silence in the middle of an answer.'),
  ),
  AI_STREAMS_AT_ONCE: number(1, 10_000)
    .optional()
    .meta(
      about(
        AI,
        'Answers and texts that are written at the same time for all people together; more wait their turn. Set it to what the model behind takes, as few as a model of your own can. No limit when empty.',
        { example: '8' },
      ),
    ),
  AI_PRICES_JSON: prices.optional().meta(
    about(
      AI,
      'Yuan for a million tokens of a model, or for a call of a search engine, by its name. What has no price has no cost.',
      {
        example:
          '{"doubao-seed-2-0-lite-260428":{"input":0.6,"cached":0.12,"output":3.6},"bocha":{"call":0.036}}',
      },
    ),
  ),
  AI_BUDGET_USER_TOKENS: number(1, 999_999_999_999)
    .optional()
    .meta(
      about(
        AI,
        'Tokens of each person in a calendar month; plans give more. No limit when empty, and no plan sets one.',
        { example: '200000' },
      ),
    ),
  AI_BUDGET_TOKENS: number(1, 999_999_999_999)
    .optional()
    .meta(
      about(AI, 'Tokens of everybody together in a calendar month. No limit when empty.', {
        example: '20000000',
      }),
    ),
  AI_BUDGET_YUAN: number(1, 1_000_000)
    .optional()
    .meta(
      about(
        AI,
        'Yuan that everybody together may cost in a calendar month; needs AI_PRICES_JSON. No limit when empty.',
        { example: '300' },
      ),
    ),
  AI_ALLOW_PRIVATE_HOSTS: text
    .optional()
    .meta(
      about(
        AI,
        'Hosts of the own network, and unusual ports, at which administrators may add AI providers, with commas; a port of its own as host:port. OPENAI_BASE_URL needs no mention.',
        { example: 'localhost:11434,gpu.example.com:8000' },
      ),
    ),
  SEARCH_ENGINE_PROVIDER: z
    .enum(SEARCH_ENGINES)
    .optional()
    .meta(
      about(
        AI,
        'Who searches the web: bocha, tavily, serper, brave or searxng. When empty: bocha with a key, searxng with only an address.',
        { example: 'bocha' },
      ),
    ),
  SEARCH_ENGINE_API_KEY: text
    .optional()
    .meta(about(AI, 'Web search (Bocha). Complete by itself.', { isSecret: true, example: '' })),
  SEARCH_ENGINE_BASE_URL: baseUrl()
    .optional()
    .meta(
      about(AI, 'Address of SearXNG, or of an engine under another address than its own.', {
        example: 'http://localhost:8888',
      }),
    ),
  SEARCH_TIMEOUT_MS: integer(500, 60_000, 8_000).meta(about(AI, 'Longest search.')),
  SEARCH_MAX_RESULTS: integer(1, 20, 8).meta(about(AI, 'Pages of one search.')),
};
