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

/** So many months later, on the last day of a month that has no such day. */
function addMonths(from: number, months: number): number {
  const at = new Date(from);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  const days = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, days));
  return at.getTime();
}

const GRACE_MS = LIMITS.planGraceDays * 86_400_000;

/** When a term is over that begins at `start`; Infinity for one without an end. */
function endOf({ period, revokedAt }: Term, start: number): { end: number; isRevoked: boolean } {
  const natural =
    period === 'lifetime' ? Number.POSITIVE_INFINITY : addMonths(start, MONTHS[period]);
  if (revokedAt === null || revokedAt.getTime() >= natural) {
    return { end: natural, isRevoked: false };
  }
  // Revoked before it began, it takes no time; what comes after moves up.
  return { end: Math.max(revokedAt.getTime(), start), isRevoked: true };
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
  for (const [planId, chain] of byPlan) {
    let end = Number.NEGATIVE_INFINITY;
    let present: Term | undefined;
    /** The one that was last, if it was left to end by itself. */
    let last: Term | undefined;
    for (const term of chain) {
      const start = Math.max(term.grantedAt.getTime(), end);
      if (!Number.isFinite(start)) break;
      const over = endOf(term, start);
      end = over.end;
      if (start <= now && now < end) present ??= term;
      if (end > start) last = over.isRevoked ? undefined : term;
    }
    const isInGrace = present === undefined && end <= now && now < end + GRACE_MS;
    const shown = isInGrace ? last : present;
    if (!shown) continue;
    const endsAt = Number.isFinite(end) ? new Date(end) : null;
    held.push({ planId, name: shown.name, benefits: shown.benefits, endsAt, isInGrace });
  }
  return { plans: held, benefits: mergeBenefits(held.map((plan) => plan.benefits)) };
}
