const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Losing texts of conflicts are kept this long, in milliseconds. */
export const CONFLICT_AGE_MS = 30 * DAY;

/**
 * Of revisions older than `fromAge` one is kept for each `every`, both in milliseconds. Each step is
 * a multiple of the one before, so what a step keeps, all finer steps kept too: when thinning ran
 * makes no difference to what is left.
 */
export const THINNING_STEPS = [
  { fromAge: HOUR, every: 10 * MINUTE },
  { fromAge: DAY, every: HOUR },
  { fromAge: 7 * DAY, every: DAY },
  { fromAge: 90 * DAY, every: 7 * DAY },
] as const;

/** A revision as far as thinning needs it. */
export interface ThinnableRevision {
  id: string;
  kind: 'save' | 'conflict' | 'restore' | 'publish';
  name: string | null;
  /** It is the text that readers see. */
  isLive: boolean;
  createdAt: Date;
}

/**
 * Ids of the revisions that may go. Never those that are named, were published, are the newest, or
 * are younger than an hour; of each stretch of time its newest stays.
 * @param newestFirst all revisions of one article, the newest first.
 */
export function revisionsToThin(newestFirst: readonly ThinnableRevision[], now: Date): string[] {
  const gone: string[] = [];
  const taken = new Set<string>();
  let isNewest = true;
  for (const { id, kind, name, isLive, createdAt } of newestFirst) {
    const age = now.getTime() - createdAt.getTime();
    if (kind === 'conflict') {
      if (name === null && age > CONFLICT_AGE_MS) gone.push(id);
      continue;
    }
    const step = THINNING_STEPS.findLast(({ fromAge }) => age > fromAge);
    const stretch = step && `${step.every} ${Math.floor(createdAt.getTime() / step.every)}`;
    const mayGo = !isNewest && !isLive && name === null && kind !== 'publish';
    if (mayGo && stretch !== undefined && taken.has(stretch)) gone.push(id);
    isNewest = false;
    // It stands for its stretch in every step, being the newest of it wherever it is the first seen.
    for (const { every } of THINNING_STEPS) {
      taken.add(`${every} ${Math.floor(createdAt.getTime() / every)}`);
    }
  }
  return gone;
}
