import type { Usage } from '@ainotebook/ai';
import type { UsageFeature, UsageOutcome } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import { DELETE_BATCH, deleteInBatches } from '../delete-in-batches.js';
import { type Amount, account } from './budgets.js';

const { usageRecords } = schema;

/** A process that has said nothing of a call for so long is gone. Shorter than what ends its answer. */
const LOST_SECONDS = 8;
/** Calls that are ended in one go. */
const BATCH = 100;
const KEPT_DAYS = 400;

/** Features that the budget of a person is for; what the server does by itself is counted for all together. */
const OF_PERSONS = new Set<UsageFeature>(['chat', 'editor', 'web_search']);
export const countsForUser = (feature: UsageFeature): boolean => OF_PERSONS.has(feature);

const lostBefore = sql`now() - ${LOST_SECONDS} * interval '1 second'`;
/** True of calls that nobody makes any more. */
const isLost = and(eq(usageRecords.outcome, 'open'), lt(usageRecords.aliveAt, lostBefore));
/** True of calls that somebody makes. */
export const isUnderWay = and(
  eq(usageRecords.outcome, 'open'),
  gte(usageRecords.aliveAt, lostBefore),
);

/** What a call took, of whom, and what that cost. */
export interface Taken {
  provider: string;
  model: string;
  usage: Usage;
  costMicroYuan: number | null;
}

/** The columns that say so. */
export const takenColumns = ({ usage, ...by }: Taken) => ({ ...by, ...usage });

const columns = {
  userId: usageRecords.userId,
  feature: usageRecords.feature,
  outcome: usageRecords.outcome,
  month: usageRecords.month,
  inputTokens: usageRecords.inputTokens,
  outputTokens: usageRecords.outputTokens,
  costMicroYuan: usageRecords.costMicroYuan,
  reservedTokens: usageRecords.reservedTokens,
  reservedMicroYuan: usageRecords.reservedMicroYuan,
};

type Row = { [Key in keyof typeof columns]: (typeof usageRecords.$inferSelect)[Key] };

/**
 * Ends a call with what it took. One that was given up for lost is corrected: what its process says
 * of it is better than what was guessed.
 */
export async function settleCall(
  db: Db | Tx,
  id: string,
  end: { outcome: Exclude<UsageOutcome, 'open'>; taken: Taken; ms: number },
): Promise<void> {
  const { outcome, taken, ms } = end;
  await db.transaction(async (tx) => {
    const [before] = await tx
      .select(columns)
      .from(usageRecords)
      .where(eq(usageRecords.id, id))
      .for('update');
    if (!before) return;
    await close(tx, { id, before, changes: { ...takenColumns(taken), outcome, ms } });
  });
}

/** Writes down a call that failed beside one that is open: of its person, and in its month. */
export async function recordFailed(
  db: Db,
  call: { userId: string; feature: UsageFeature; month: string },
  taken: Taken,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .insert(usageRecords)
      .values({ ...call, ...takenColumns(taken), outcome: 'failed', ms: null });
    await accountCall(tx, call, {
      used: amountOf({ ...taken.usage, costMicroYuan: taken.costMicroYuan }),
      released: { tokens: 0, microYuan: 0 },
    });
  });
}

/**
 * Ends calls whose process is gone, of one person or of all, with what was last known of them.
 * @returns how many, 100 at most
 */
export async function endLostCalls(db: Db | Tx, userId?: string): Promise<number> {
  const lost = await db
    .select({ id: usageRecords.id })
    .from(usageRecords)
    .where(and(isLost, userId === undefined ? undefined : eq(usageRecords.userId, userId)))
    .limit(BATCH);
  for (const { id } of lost) {
    // One by one: the months of two people are never locked at the same time.
    await db.transaction(async (tx) => {
      const [before] = await tx
        .select(columns)
        .from(usageRecords)
        .where(and(eq(usageRecords.id, id), isLost))
        .for('update', { skipLocked: true });
      if (!before) return;
      const ms = sql`(extract(epoch from alive_at - created_at) * 1000)::int`;
      await close(tx, { id, before, changes: { outcome: 'interrupted', ms } });
    });
  }
  return lost.length;
}

/** The same for all of them. @returns how many */
export async function endAllLostCalls(db: Db): Promise<number> {
  for (let total = 0; ; ) {
    const ended = await endLostCalls(db);
    total += ended;
    if (ended < BATCH) return total;
  }
}

type Changes = { outcome: Exclude<UsageOutcome, 'open'>; ms: number | SQL } & Partial<
  ReturnType<typeof takenColumns>
>;

async function close(
  tx: Tx,
  { id, before, changes }: { id: string; before: Row; changes: Changes },
): Promise<void> {
  await tx
    .update(usageRecords)
    .set({ ...changes, reservedTokens: 0, reservedMicroYuan: 0 })
    .where(eq(usageRecords.id, id));
  const wasCounted = before.outcome !== 'open';
  const used = difference(
    amountOf({ ...before, ...changes }),
    wasCounted ? amountOf(before) : null,
  );
  const released = { tokens: before.reservedTokens, microYuan: before.reservedMicroYuan };
  await accountCall(tx, before, { used, released });
}

/** In the order of everybody: the month of the person, then the one of all. */
async function accountCall(
  tx: Tx,
  { userId, feature, month }: Pick<Row, 'userId' | 'feature' | 'month'>,
  amounts: { used: Amount; released: Amount },
): Promise<void> {
  if (userId !== null && countsForUser(feature)) await account(tx, { userId, month }, amounts);
  await account(tx, { userId: null, month }, amounts);
}

const amountOf = (row: Pick<Row, 'inputTokens' | 'outputTokens' | 'costMicroYuan'>): Amount => ({
  tokens: row.inputTokens + row.outputTokens,
  microYuan: row.costMicroYuan ?? 0,
});

const difference = (now: Amount, before: Amount | null): Amount => ({
  tokens: now.tokens - (before?.tokens ?? 0),
  microYuan: now.microYuan - (before?.microYuan ?? 0),
});

/** Records and months older than 400 days. @returns how many records */
export async function pruneUsage(db: Db): Promise<number> {
  await db.execute(sql`delete from usage_months where month < current_date - ${KEPT_DAYS}::int`);
  return deleteInBatches(
    db,
    sql`delete from usage_records where id = any(array(
      select id from usage_records
      where created_at < now() - make_interval(days => ${KEPT_DAYS}) and outcome <> 'open'
      limit ${DELETE_BATCH} for update skip locked))`,
  );
}
