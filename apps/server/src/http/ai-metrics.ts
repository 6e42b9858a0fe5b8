import type { ModelCall } from '@ainotebook/ai';
import { Counter, Histogram, type Registry } from 'prom-client';

/** What is measured of models and search engines; their names are those of the settings. */
export interface AiMetrics {
  onCall(call: ModelCall): void;
  register(registry: Registry): void;
}

const BY = ['provider', 'model'] as const;

export function createAiMetrics(): AiMetrics {
  // They are there before any registry is.
  const registers: Registry[] = [];
  const requests = new Counter({
    name: 'ai_requests_total',
    help: 'Requests to AI providers',
    labelNames: BY,
    registers,
  });
  const failures = new Counter({
    name: 'ai_failures_total',
    help: 'Requests to AI providers that did not end well, by kind; aborted: stopped by who asked',
    labelNames: [...BY, 'kind'] as const,
    registers,
  });
  const tokens = new Counter({
    name: 'ai_tokens_total',
    help: 'Tokens of whole answers by kind; input has the cached ones, output those of the reasoning',
    labelNames: [...BY, 'kind'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'ai_request_duration_seconds',
    help: 'Duration of requests to AI providers in seconds, to the last word',
    labelNames: BY,
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160],
    registers,
  });
  const firstToken = new Histogram({
    name: 'ai_time_to_first_token_seconds',
    help: 'Time from the request to the first word of an answer in seconds',
    labelNames: BY,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return {
    onCall({ provider, model, failure, usage, firstWordMs, ms }) {
      const by = { provider, model };
      requests.inc(by);
      duration.observe(by, ms / 1000);
      if (firstWordMs !== null) firstToken.observe(by, firstWordMs / 1000);
      if (failure !== null) failures.inc({ ...by, kind: failure });
      if (usage === null) return;
      tokens.inc({ ...by, kind: 'input' }, usage.inputTokens);
      tokens.inc({ ...by, kind: 'cached' }, usage.cachedTokens);
      tokens.inc({ ...by, kind: 'output' }, usage.outputTokens);
      tokens.inc({ ...by, kind: 'reasoning' }, usage.reasoningTokens);
    },
    register(registry) {
      for (const one of [requests, failures, tokens, duration, firstToken])
        registry.registerMetric(one);
    },
  };
}
