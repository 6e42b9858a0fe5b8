import {
  type HeldPlan,
  LIMITS,
  type MyPlan,
  type PlanBenefits,
  type PlanPeriod,
} from '@ainotebook/contract';

/** A term that somebody was given. */
export interface Term {
  planId: string;
  name: string;
  benefits: PlanBenefits;
  period: PlanPeriod;
  grantedAt: Date;
  revokedAt: Date | null;
}

const MONTHS = { month: 1, year: 12 };
/** Both the buyers and the channels are in Beijing, which has no summer time. */
const BEIJING_MS = 8 * 3_600_000;

/** So many months later by the calendar of Beijing, on the last day of a month that has no such day. */
function addMonths(from: number, months: number): number {
  const at = new Date(from + BEIJING_MS);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  const days = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, days));
  return at.getTime() - BEIJING_MS;
}

const GRACE_MS = LIMITS.planGraceDays * 86_400_000;

/**
 * Terms that follow each other without a gap: counted from the first day of the first, so that three months from
 * the 31st of January end on the 30th of April, and twelve where a year does.
 */
interface Run {
  from: number;
  months: number;
  end: number;
}

/** A run with one term more. */
function extend(run: Run, { grantedAt, period, revokedAt }: Term): Run & { isRevoked: boolean } {
  const start = Math.max(grantedAt.getTime(), run.end);
  const { from, months: before } = start === run.end ? run : { from: start, months: 0 };
  const months = period === 'lifetime' ? Number.POSITIVE_INFINITY : before + MONTHS[period];
  const natural = Number.isFinite(months) ? addMonths(from, months) : Number.POSITIVE_INFINITY;
  if (revokedAt === null || revokedAt.getTime() >= natural) {
    return { from, months, end: natural, isRevoked: false };
  }
  // Revoked before it began, it takes no time, and what comes after moves up.
  if (revokedAt.getTime() <= start) return { from, months: before, end: start, isRevoked: true };
  const end = revokedAt.getTime();
  return { from: end, months: 0, end, isRevoked: true };
}

/** The most of two allowances; null is what everybody has, which only the reader knows. */
const most = (a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/** The most of what several plans give. */
function mergeBenefits(all: readonly PlanBenefits[]): PlanBenefits {
  const merged: PlanBenefits = {
    storageBytes: null,
    articles: null,
    aiTokensPerMonth: null,
    concurrentStreams: null,
    hasJobPriority: false,
    hasCustomDomain: false,
  };
  for (const one of all) {
    merged.storageBytes = most(merged.storageBytes, one.storageBytes);
    merged.articles = most(merged.articles, one.articles);
    merged.aiTokensPerMonth = most(merged.aiTokensPerMonth, one.aiTokensPerMonth);
    merged.concurrentStreams = most(merged.concurrentStreams, one.concurrentStreams);
    merged.hasJobPriority ||= one.hasJobPriority;
    merged.hasCustomDomain ||= one.hasCustomDomain;
  }
  return merged;
}

/**
 * What somebody has at a moment. A plan that ended by itself goes on for the days of grace; one that was
 * taken back does not. Terms of one plan follow each other in the order in which they were
 * given; those of different plans run side by side.
 */
export function entitlementsNow(terms: readonly Term[], at: Date): MyPlan {
  const now = at.getTime();
  const byPlan = new Map<string, Term[]>();
  for (const term of [...terms].sort((a, b) => a.grantedAt.getTime() - b.grantedAt.getTime())) {
    byPlan.set(term.planId, [...(byPlan.get(term.planId) ?? []), term]);
  }
  const held: HeldPlan[] = [];
  const ended: MyPlan['ended'] = [];
  for (const [planId, chain] of byPlan) {
    let run: Run = { from: 0, months: 0, end: Number.NEGATIVE_INFINITY };
    let present: Term | undefined;
    /** The one that was last, if it was left to end by itself. */
    let last: Term | undefined;
    for (const term of chain) {
      if (run.end === Number.POSITIVE_INFINITY) break;
      const start = Math.max(term.grantedAt.getTime(), run.end);
      const next = extend(run, term);
      if (start <= now && now < next.end) present ??= term;
      if (next.end > start) last = next.isRevoked ? undefined : term;
      run = next;
    }
    const { end } = run;
    const isInGrace = present === undefined && end <= now && now < end + GRACE_MS;
    const shown = isInGrace ? last : present;
    if (!shown) {
      if (last && end <= now) ended.push({ planId, name: last.name, endedAt: new Date(end) });
      continue;
    }
    const endsAt = Number.isFinite(end) ? new Date(end) : null;
    held.push({ planId, name: shown.name, benefits: shown.benefits, endsAt, isInGrace });
  }
  return { plans: held, ended, benefits: mergeBenefits(held.map((plan) => plan.benefits)) };
}
