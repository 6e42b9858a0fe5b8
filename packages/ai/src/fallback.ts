import { AiError, type AiFailure } from './ai-error.js';
import type { ChatEvent, ChatModel, ChatRequest } from './chat-model.js';

/** What another provider would be told as well, or need not be asked at all. */
const FINAL = new Set<AiFailure>(['refused', 'too_long', 'filtered', 'aborted']);
const FAILURES_UNTIL_OPEN = 3;
const OPEN_MS = 60_000;

/**
 * Models in the order of preference: one that fails before its first piece hands over to the next. After the
 * first piece nobody is changed, because what people have read cannot be taken back. A model that failed three
 * times in a row is asked last for a minute; each process learns this for itself.
 */
export function createFallback(
  models: readonly [ChatModel, ...ChatModel[]],
  { now = Date.now }: { now?: () => number } = {},
): ChatModel {
  const [preferred] = models;
  const records = new Map(models.map((model) => [model, { failures: 0, openUntil: 0 }]));
  const isOpen = (model: ChatModel) => (records.get(model)?.openUntil ?? 0) > now();

  function note(model: ChatModel, hasFailed: boolean): void {
    const failures = hasFailed ? (records.get(model)?.failures ?? 0) + 1 : 0;
    const openUntil = failures >= FAILURES_UNTIL_OPEN ? now() + OPEN_MS : 0;
    records.set(model, { failures, openUntil });
  }

  async function* stream(request: ChatRequest): AsyncGenerator<ChatEvent, void, undefined> {
    const failures: AiError[] = [];
    const order = [...models.filter((model) => !isOpen(model)), ...models.filter(isOpen)];
    for (const model of order) {
      let hasBegun = false;
      try {
        for await (const event of model.stream(request)) {
          hasBegun = true;
          yield event;
        }
        note(model, false);
        return;
      } catch (error) {
        if (!(error instanceof AiError)) throw error;
        if (FINAL.has(error.kind)) throw error;
        note(model, true);
        if (hasBegun) throw error;
        failures.push(error);
        const { provider, model: name } = model;
        request.onFailure?.({ provider, model: name, failure: error.kind });
      }
    }
    const [first] = failures;
    if (first === undefined || failures.length === 1) throw first;
    const all = failures.map(({ message }) => message).join('; ');
    throw new AiError(first.kind, all, first.provider, first.detail);
  }

  return {
    provider: preferred.provider,
    model: preferred.model,
    contextTokens: Math.min(...models.map(({ contextTokens }) => contextTokens)),
    stream,
  };
}
