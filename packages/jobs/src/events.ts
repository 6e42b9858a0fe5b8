interface RunEvent {
  readonly topic: string;
  readonly outboxId: string;
  readonly attempt: number;
}

/** What a dispatcher tells its owner, for logs and metrics; times in milliseconds. */
export type JobEvent =
  /** `waitedMs`: from due to claimed. */
  | (RunEvent & { readonly type: 'done'; readonly waitedMs: number; readonly runMs: number })
  | (RunEvent & { readonly type: 'retry'; readonly error: unknown; readonly retryInMs: number })
  | (RunEvent & { readonly type: 'dead'; readonly error: unknown })
  | (RunEvent & { readonly type: 'cancelled' })
  /** The dispatcher stopped before the run did; the row is due again. */
  | (RunEvent & { readonly type: 'released' })
  /** The run ended after its row was done or taken by another attempt; nothing was recorded. */
  | (RunEvent & { readonly type: 'dropped'; readonly error?: unknown })
  /** The outcome could not be written; the row is delivered again when its lease ends. */
  | (RunEvent & { readonly type: 'unsettled'; readonly error: unknown })
  /** A queue has brought a row that could not be claimed; it is brought again. Told once per outage. */
  | (Omit<RunEvent, 'attempt'> & { readonly type: 'unclaimed'; readonly error: unknown })
  /** Told once per outage, not per poll. */
  | { readonly type: 'poll-failed'; readonly error: unknown }
  | { readonly type: 'poll-recovered'; readonly failures: number };
