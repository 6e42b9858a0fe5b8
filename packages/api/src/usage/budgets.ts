import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { readMyPlan } from '../billing/entitlements.js';
import { AppError } from '../errors.js';

const { usageMonths } = schema;

/** What a calendar month of Beijing may take; null: as much as is asked for. */
export interface AiBudgets {
  /** Tokens of each person. Plans may give more, and without it they bound nobody. */
  userTokens: number | null;
  /** Tokens of everybody together. */
  tokens: number | null;
  /** What everybody together may cost, in millionths of a yuan; counts what has a price. */
  microYuan: number | null;
}

export const NO_BUDGETS: AiBudgets = { userTokens: null, tokens: null, microYuan: null };

/** An amount of tokens and money. */
export interface Amount {
  tokens: number;
  microYuan: number;
}

/** Of an amount; null where there is none. */
type Limits = { [Key in keyof Amount]: number | null };

const BEIJING_MS = 8 * 3_600_000;

/** The first day of the month in Beijing: `2026-11-01`. */
export const monthOf = (at: Date): string =>
  `${new Date(at.getTime() + BEIJING_MS).toISOString().slice(0, 7)}-01`;

/** When a month of Beijing begins, counted from the one of `month`. */
export function startOfMonth(month: string, later = 0): Date {
  const start = new Date(`${month}T00:00:00Z`);
  start.setUTCMonth(start.getUTCMonth() + later);
  return new Date(start.getTime() - BEIJING_MS);
}

/** Tokens that somebody has in a month; null without a limit. A plan never takes any away. */
export async function tokenLimitOf(
  db: Db | Tx,
  { userTokens }: AiBudgets,
  userId: string,
): Promise<number | null> {
  if (userTokens === null) return null;
  const { benefits } = await readMyPlan(db, userId);
  return Math.max(userTokens, benefits.aiTokensPerMonth ?? 0);
}

const ofMonth = (userId: string | null, month: string) =>
  and(
    userId === null ? isNull(usageMonths.userId) : eq(usageMonths.userId, userId),
    eq(usageMonths.month, month),
  );

/** What somebody, or everybody (null), used in a month and has set aside. */
export async function readMonth(
  db: Db | Tx,
  userId: string | null,
  month: string,
): Promise<Amount & { reservedTokens: number; reservedMicroYuan: number }> {
  const { tokens, microYuan, reservedTokens, reservedMicroYuan } = usageMonths;
  const [row] = await db
    .select({ tokens, microYuan, reservedTokens, reservedMicroYuan })
    .from(usageMonths)
    .where(ofMonth(userId, month));
  return row ?? { tokens: 0, microYuan: 0, reservedTokens: 0, reservedMicroYuan: 0 };
}

/** Sets an amount aside; the row of the month stays locked until the transaction ends. @returns whether there is so much */
export async function setAside(
  tx: Tx,
  whose: { userId: string | null; month: string },
  { amount, limits }: { amount: Amount; limits: Limits },
): Promise<boolean> {
  if (amount.tokens > (limits.tokens ?? Number.POSITIVE_INFINITY)) return false;
  if (amount.microYuan > (limits.microYuan ?? Number.POSITIVE_INFINITY)) return false;
  const fits = (column: 'tokens' | 'micro_yuan', limit: number | null) => {
    const sum = sql.raw(`m.${column} + m.reserved_${column} + excluded.reserved_${column}`);
    return limit === null ? sql`true` : sql`${sum} <= ${limit}`;
  };
  const { rowCount } = await tx.execute(sql`
    insert into usage_months as m (user_id, month, reserved_tokens, reserved_micro_yuan)
    values (${whose.userId}, ${whose.month}, ${amount.tokens}, ${amount.microYuan})
    on conflict (user_id, month) do update
    set reserved_tokens = m.reserved_tokens + excluded.reserved_tokens,
      reserved_micro_yuan = m.reserved_micro_yuan + excluded.reserved_micro_yuan
    where ${fits('tokens', limits.tokens)} and ${fits('micro_yuan', limits.microYuan)}`);
  return rowCount === 1;
}

/**
 * What somebody, or everybody (null), may still set aside; the row of the month stays locked until the
 * transaction ends.
 */
export async function lockLeft(
  tx: Tx,
  whose: { userId: string | null; month: string },
  limits: Limits,
): Promise<Amount> {
  const { rows } = await tx.execute<{ tokens: string; microYuan: string }>(sql`
    insert into usage_months as m (user_id, month) values (${whose.userId}, ${whose.month})
    on conflict (user_id, month) do update set tokens = m.tokens
    returning tokens + reserved_tokens as tokens, micro_yuan + reserved_micro_yuan as "microYuan"`);
  const left = (limit: number | null, taken = '0') =>
    limit === null ? Number.POSITIVE_INFINITY : limit - Number(taken);
  return {
    tokens: left(limits.tokens, rows[0]?.tokens),
    microYuan: left(limits.microYuan, rows[0]?.microYuan),
  };
}

/** Adds what was used and gives back what was set aside; both may be less than nothing. */
export async function account(
  tx: Tx,
  whose: { userId: string | null; month: string },
  { used, released }: { used: Amount; released: Amount },
): Promise<void> {
  await tx
    .update(usageMonths)
    .set({
      tokens: sql`${usageMonths.tokens} + ${used.tokens}`,
      microYuan: sql`${usageMonths.microYuan} + ${used.microYuan}`,
      reservedTokens: sql`${usageMonths.reservedTokens} - ${released.tokens}`,
      reservedMicroYuan: sql`${usageMonths.reservedMicroYuan} - ${released.microYuan}`,
    })
    .where(ofMonth(whose.userId, whose.month));
}

export const budgetSpent = () =>
  new AppError('budget_spent', 'The AI budget of this month does not suffice for this');

export const isBudgetSpent = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'budget_spent';

/**
 * Whether so many tokens would be given now; the money is known only with the whole request.
 * @throws AppError budget_spent
 */
export async function requireBudget(
  db: Db | Tx,
  budgets: AiBudgets,
  { userId, tokens }: { userId: string; tokens: number },
): Promise<void> {
  const month = monthOf(new Date());
  const check = async (whose: string | null, limits: Limits) => {
    if (limits.tokens === null && limits.microYuan === null) return;
    const { reservedTokens, reservedMicroYuan, ...used } = await readMonth(db, whose, month);
    const hasTokens =
      limits.tokens === null || used.tokens + reservedTokens + tokens <= limits.tokens;
    const hasMoney =
      limits.microYuan === null || used.microYuan + reservedMicroYuan < limits.microYuan;
    if (!hasTokens || !hasMoney) throw budgetSpent();
  };
  await check(userId, { tokens: await tokenLimitOf(db, budgets, userId), microYuan: null });
  await check(null, budgets);
}
