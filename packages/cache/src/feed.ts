/** One committed change of something that may be cached. */
export interface Change {
  /** `article:<uuid>`, or a scope such as `user:<uuid>:articles`, whose `ver` is the scope's generation. */
  key: string;
  /** Grows with every change of this key. */
  ver: bigint;
  deleted: boolean;
}

/** What a feed tells. */
export interface ChangeListener {
  onChanges(changes: readonly Change[]): void;
  /**
   * Every change committed before `issuedAtMs` (of `performance.now()`: when the query of a complete poll
   * was issued) has been told by `onChanges`.
   */
  onProof(issuedAtMs: number): void;
}

/** Where changes come from. `packages/db` declares the same shape: neither package imports the other. */
export interface ChangeFeed {
  /**
   * Tells every committed change at least once. The first proof comes only after the retained log was
   * replayed. Returns how to stop.
   */
  subscribe(listener: ChangeListener): () => void;
  /** Asks for a poll soon. */
  nudge(): void;
}
