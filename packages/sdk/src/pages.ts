import type { Page, PagePromise } from './runtime-types.js';

/** Loads the first page at once, the others as a `for await` reaches them. */
export function pagePromise<T>(load: (cursor: string | null) => Promise<Page<T>>): PagePromise<T> {
  const first = load(null);
  async function* items(): AsyncGenerator<T, void, undefined> {
    let page = await first;
    for (;;) {
      yield* page.items;
      if (page.nextCursor === null) return;
      page = await load(page.nextCursor);
    }
  }
  return Object.assign(first, { [Symbol.asyncIterator]: items });
}
