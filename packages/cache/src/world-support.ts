import type { Loaded } from './cache-class.js';
import type { Change, ChangeFeed, ChangeListener } from './feed.js';

/** A feed whose polls are made by the test. */
export class ManualFeed implements ChangeFeed {
  readonly #listeners = new Set<ChangeListener>();
  nudges = 0;

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  nudge(): void {
    this.nudges += 1;
  }

  tell(...changes: Change[]): void {
    for (const listener of this.#listeners) listener.onChanges(changes);
  }

  prove(issuedAtMs = performance.now()): void {
    for (const listener of this.#listeners) listener.onProof(issuedAtMs);
  }

  /** Proves again and again, as a feed does whose database answers. */
  keepProving(): () => void {
    this.prove();
    const timer = setInterval(() => this.prove(), 200);
    return () => clearInterval(timer);
  }
}

export interface Note {
  title: string;
}

/** Rows with versions, and a count of how often they were asked for. */
export class Rows {
  readonly #rows = new Map<string, Loaded<Note>>();
  #ver = 0n;
  loads = 0;
  /** What happens before a load reads. */
  before: () => Promise<unknown> = async () => undefined;
  /** What happens between reading and the answer. */
  after: () => Promise<unknown> = async () => undefined;

  /** @returns the change, to be told */
  save(id: string, title: string): Change {
    this.#ver += 1n;
    this.#rows.set(id, { ver: this.#ver, value: { title } });
    return { key: `note:${id}`, ver: this.#ver, deleted: false };
  }

  delete(id: string): Change {
    this.#ver += 1n;
    this.#rows.delete(id);
    return { key: `note:${id}`, ver: this.#ver, deleted: true };
  }

  loader(id: string): () => Promise<Loaded<Note> | null> {
    return async () => {
      this.loads += 1;
      await this.before();
      const row = this.#rows.get(id) ?? null;
      await this.after();
      return row;
    };
  }
}

/** A promise that the test opens. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
