import { costLimitMicroYuan, costMicroYuan, type Price, type Usage } from '@ainotebook/ai';
import type { UsageFeature, UsageOutcome } from '@ainotebook/contract';
import { type Db, schema } from '@ainotebook/db';
import { and, eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { AppError } from '../errors.js';
import {
  type AiBudgets,
  type Amount,
  budgetSpent,
  monthOf,
  setAside,
  tokenLimitOf,
} from './budgets.js';
import { countsForUser, endLostCalls, settleCall, type Taken, takenColumns } from './records.js';
import { requireStream } from './streams.js';

const { usageRecords } = schema;

/** How often a call says that it goes on. */
const BEAT_MS = 2_000;
/** No call takes longer; who holds one for so long has forgotten it. */
const LONGEST_MS = 3_600_000;
/** Another tokeniser than ours may cut finer: so many times our count are set aside. */
const MARGIN = 1.25;

/** Who is asked. */
export interface ModelName {
  provider: string;
  model: string;
}

/** A call about to be made. */
export interface CallToMake {
  userId: string;
  feature: UsageFeature;
  /** Whoever may answer it, the first one first. */
  models: readonly [ModelName, ...ModelName[]];
  /** Tokens of the request by our count. */
  inputTokens: number;
  /** Most tokens of the answer. */
  maxTokens: number;
}

/** What is known of a call while it is made. */
export interface Standing extends ModelName {
  /** Null: it took nothing, and costs nothing. */
  usage: Usage | null;
}

const NOTHING: Usage = {
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  isEstimated: false,
};

/** A call under way. */
export interface OpenCall {
  /** Ends it with what `standing` says. Once; never throws. @returns what it cost, null where no price is known */
  settle(outcome: Exclude<UsageOutcome, 'open'>): Promise<number | null>;
}

/** Prices by the name of a model or a search engine. */
export type Prices = ReadonlyMap<string, Price>;

/** Every call of a model goes through it: set aside before, settled after. */
export interface Ledger {
  readonly budgets: AiBudgets;
  /** Whether it is known what this model or search engine costs. */
  hasPrice(name: string): boolean;
  /**
   * Sets aside what a call may take at most.
   * @param standing what it took so far; asked every two seconds and at the end
   * @throws AppError budget_spent, limit_reached (streams at once)
   */
  open(call: CallToMake, standing: () => Standing): Promise<OpenCall>;
}

export function createLedger({
  db,
  prices,
  budgets,
  onFault,
}: {
  db: Db;
  prices: Prices;
  budgets: AiBudgets;
  /** Told when what a call took could not be written: it is counted by what was last known. */
  onFault: (error: unknown) => void;
}): Ledger {
  const takenOf = ({ provider, model, usage }: Standing): Taken => {
    const price = prices.get(model);
    const cost = usage && price ? costMicroYuan(usage, price) : 0;
    return { provider, model, usage: usage ?? NOTHING, costMicroYuan: price ? cost : null };
  };

  function limitOf({ models, inputTokens, maxTokens }: CallToMake): Amount {
    const most = { inputTokens: Math.ceil(inputTokens * MARGIN), maxTokens };
    const costs = models.map(({ model }) => {
      const price = prices.get(model);
      return price ? costLimitMicroYuan(most, price) : 0;
    });
    return { tokens: most.inputTokens + maxTokens, microYuan: Math.max(...costs) };
  }

  /** @throws AppError budget_spent, limit_reached */
  async function reserve(id: string, call: CallToMake, taken: Taken): Promise<void> {
    const { userId, feature } = call;
    const month = monthOf(new Date());
    const amount = limitOf(call);
    await db.transaction(async (tx) => {
      if (feature === 'editor') await requireStream(tx, userId);
      if (countsForUser(feature)) {
        const limits = { tokens: await tokenLimitOf(tx, budgets, userId), microYuan: null };
        if (!(await setAside(tx, { userId, month }, { amount, limits }))) throw budgetSpent();
      }
      await tx.insert(usageRecords).values({
        ...takenColumns(taken),
        id,
        userId,
        feature,
        month,
        reservedTokens: amount.tokens,
        reservedMicroYuan: amount.microYuan,
      });
      // The row that everybody waits for comes last.
      const isThere = await setAside(tx, { userId: null, month }, { amount, limits: budgets });
      if (!isThere) throw budgetSpent();
    });
  }

  async function beat(id: string, standing: Standing): Promise<void> {
    await db
      .update(usageRecords)
      .set({ ...takenColumns(takenOf(standing)), aliveAt: sql`now()` })
      .where(and(eq(usageRecords.id, id), eq(usageRecords.outcome, 'open')));
  }

  return {
    budgets,
    hasPrice: (name) => prices.has(name),
    async open(call, standing) {
      const id = v7();
      const began = performance.now();
      const taken = takenOf(standing());
      await endLostCalls(db, call.userId);
      try {
        await reserve(id, call, taken);
      } catch (error) {
        // Some of what is set aside may be for calls of others whose process is gone.
        const isSpent = error instanceof AppError && error.code === 'budget_spent';
        if (!isSpent || (await endLostCalls(db)) === 0) throw error;
        await reserve(id, call, taken);
      }
      const timer = setInterval(() => {
        if (performance.now() - began > LONGEST_MS) clearInterval(timer);
        // A database that is away is waited for; the end says all that counts.
        else beat(id, standing()).catch(() => undefined);
      }, BEAT_MS);
      timer.unref();
      return {
        async settle(outcome) {
          clearInterval(timer);
          const ended = takenOf(standing());
          const ms = Math.round(performance.now() - began);
          await settleCall(db, id, { outcome, taken: ended, ms }).catch(onFault);
          return ended.costMicroYuan;
        },
      };
    },
  };
}
