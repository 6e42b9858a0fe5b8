import type { OwedChange } from './floors.js';

/** A look into the shared store. */
export interface Look {
  /** As `encode` wrote it. */
  text: string | null;
  /** How long it will live. */
  ttlMs: number;
  /** The lease was free and is now ours. */
  hasLease: boolean;
}

/**
 * What all processes share. Every call may fail, and may be carried out later all the same: a fill needs
 * the living lease, the rest can be repeated.
 */
export interface SharedStore {
  /** The value; where there is none, also tries to get the lease. */
  look(key: string, token: string): Promise<Look>;
  lease(key: string, token: string): Promise<boolean>;
  /** @returns false when the lease was lost: somebody has changed the row */
  fill(key: string, token: string, text: string, ttlMs: number): Promise<boolean>;
  /** Gives the lease back. */
  release(key: string, token: string): Promise<unknown>;
  /** Drops what is older, and hints at the changes that are to be hinted at. */
  invalidate(changes: readonly OwedChange[]): Promise<unknown>;
  close(): void;
}
