import { AiNotebookError } from './errors.js';
import type { Page, PagePromise } from './runtime-types.js';

/** Loads the first page at once, each further one when a `for await` has used up the one before. */
export function pagePromise<T>(load: (cursor: string | null) => Promise<Page<T>>): PagePromise<T> {
  const first = load(null);
  async function* items(): AsyncGenerator<T, void, undefined> {
    let cursor: string | null = null;
    for (let page = await first; ; page = await load(cursor)) {
      yield* page.items;
      if (page.nextCursor === null) return;
      // Nobody would end this loop.
      if (page.nextCursor === cursor) throw new AiNotebookError('The list does not advance');
      cursor = page.nextCursor;
    }
  }
  return Object.assign(first, { [Symbol.asyncIterator]: items });
}
