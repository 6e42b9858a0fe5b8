import type { Db } from '@ainotebook/db';
import pLimit from 'p-limit';
import type { ViewBuffer } from './view-buffer.js';
import { countView, countViews, type ViewHit } from './views.service.js';

/** Hits that are counted in Postgres at the same time, and that wait for it; readers come first. */
const AT_ONCE = 4;
const MAX_WAITING = 500;

/** Counts readers of published articles. */
export interface ViewCounter {
  /**
   * By way of Redis where there is one, else at once. While Redis takes nothing, hits are counted in
   * Postgres, a few at a time; beyond what can wait they are dropped, and that is counted.
   * @throws what Postgres throws
   */
  count(hit: ViewHit): Promise<void>;
  /** Brings to Postgres what waits in Redis, whoever took it. @returns how many hits that were */
  flush(): Promise<number>;
  /** Hits of this process since its start. */
  stats(): { buffered: number; direct: number; dropped: number };
  close(): void;
}

/** @param options.buffer null where there is no Redis */
export function createViewCounter({
  db,
  buffer,
}: {
  db: Db;
  buffer: ViewBuffer | null;
}): ViewCounter {
  const limit = pLimit(AT_ONCE);
  const stats = { buffered: 0, direct: 0, dropped: 0 };
  const underWay = new Set<Promise<void>>();

  async function take(hit: ViewHit): Promise<void> {
    if (await buffer?.push(hit)) {
      stats.buffered += 1;
    } else if (limit.pendingCount >= MAX_WAITING) {
      stats.dropped += 1;
    } else {
      stats.direct += 1;
      await limit(() => countView(db, hit));
    }
  }

  return {
    async count(hit) {
      const taking = take(hit);
      underWay.add(taking);
      try {
        await taking;
      } finally {
        underWay.delete(taking);
      }
    },
    async flush() {
      await Promise.allSettled(underWay);
      return (await buffer?.flush((part, hits) => countViews(db, part, hits))) ?? 0;
    },
    stats: () => ({ ...stats }),
    close: () => buffer?.close(),
  };
}
