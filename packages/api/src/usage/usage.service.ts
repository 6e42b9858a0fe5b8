import type {
  InstanceUsage,
  MyUsage,
  ReadUsageInput,
  UsageFeature,
  UsageRow,
} from '@ainotebook/contract';
import { sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { monthOf, readMonth, startOfMonth, tokenLimitOf } from './budgets.js';

const ROWS = 500;

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'ledger'>;

/** What the AI took for the caller this month, and how much there may be. */
export async function readMyUsage({ db, auth, ledger }: Caller): Promise<MyUsage> {
  const { budgets } = ledger;
  const month = monthOf(new Date());
  const own = await readMonth(db, auth.userId, month);
  const all = await readMonth(db, null, month);
  const { rows } = await db.execute<{
    feature: UsageFeature;
    calls: number;
    tokens: string;
    cost: string | null;
  }>(sql`
    select feature, count(*)::int as calls, sum(input_tokens + output_tokens) as tokens,
      sum(cost_micro_yuan) as cost
    from usage_records
    where user_id = ${auth.userId} and created_at >= ${startOfMonth(month)} and outcome <> 'open'
    group by feature order by feature`);
  return {
    endsAt: startOfMonth(month, 1),
    tokens: own.tokens,
    reservedTokens: own.reservedTokens,
    limitTokens: await tokenLimitOf(db, budgets, auth.userId),
    isInstanceSpent:
      all.tokens >= (budgets.tokens ?? Number.POSITIVE_INFINITY) ||
      all.microYuan >= (budgets.microYuan ?? Number.POSITIVE_INFINITY),
    features: rows.map(({ feature, calls, tokens, cost }) => ({
      feature,
      calls,
      tokens: Number(tokens),
      costMicroYuan: numberOf(cost),
    })),
  };
}

/** What everybody's AI took on the last days, and the budgets of this month. */
export async function readInstanceUsage(
  { db, ledger }: Pick<AuthedContext, 'db' | 'ledger'>,
  { days }: ReadUsageInput,
): Promise<InstanceUsage> {
  const { budgets } = ledger;
  const used = await readMonth(db, null, monthOf(new Date()));
  const { rows } = await db.execute<
    Omit<UsageRow, 'costMicroYuan'> & { costMicroYuan: string | null }
  >(sql`
    select to_char(r.created_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day,
      r.user_id as "userId", u.email, r.provider, r.model, count(*)::int as calls,
      (count(*) filter (where r.outcome = 'failed'))::int as failed,
      sum(r.input_tokens)::float8 as "inputTokens", sum(r.cached_tokens)::float8 as "cachedTokens",
      sum(r.output_tokens)::float8 as "outputTokens", sum(r.cost_micro_yuan) as "costMicroYuan"
    from usage_records r left join users u on u.id = r.user_id
    where r.created_at >= now() - make_interval(days => ${days}) and r.outcome <> 'open'
    group by 1, 2, 3, 4, 5
    order by 1 desc, "inputTokens" desc, 2, 5
    limit ${ROWS}`);
  return {
    tokens: { used: used.tokens + used.reservedTokens, limit: budgets.tokens },
    microYuan: { used: used.microYuan + used.reservedMicroYuan, limit: budgets.microYuan },
    userTokens: budgets.userTokens,
    rows: rows.map(({ costMicroYuan, ...row }) => ({
      ...row,
      costMicroYuan: numberOf(costMicroYuan),
    })),
  };
}

const numberOf = (sum: string | null): number | null => (sum === null ? null : Number(sum));
