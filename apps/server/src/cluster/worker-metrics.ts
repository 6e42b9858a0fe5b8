import { AggregatorRegistry, type Registry } from 'prom-client';
import { metricsMessage, tellSupervisor } from './messages.js';

const DEADLINE_MS = 6000;

/**
 * Answers the primary, which waits for every process: with nothing until `joinClusterMetrics`. To be
 * called before anything that takes time.
 */
export function answerPrimary(): void {
  // Its listener does.
  new AggregatorRegistry();
}

/** Reads the metrics of all worker processes by way of the primary; null when it does not answer. */
export function joinClusterMetrics(own: Registry): () => Promise<string | null> {
  AggregatorRegistry.setRegistries(own);
  const waiting = new Map<number, (text: string | null) => void>();
  let last = 0;
  process.on('message', (raw: unknown) => {
    const { data } = metricsMessage.safeParse(raw);
    if (data) waiting.get(data.id)?.(data.text);
  });
  return async () => {
    last += 1;
    const id = last;
    let timer: NodeJS.Timeout | undefined;
    const text = await new Promise<string | null>((resolve) => {
      timer = setTimeout(() => resolve(null), DEADLINE_MS);
      waiting.set(id, resolve);
      tellSupervisor({ type: 'read-metrics', id });
    });
    clearTimeout(timer);
    waiting.delete(id);
    return text;
  };
}
