import {
  affordableTokens,
  costLimitMicroYuan,
  costMicroYuan,
  type Price,
  type Usage,
} from '@ainotebook/ai';
import type { UsageFeature, UsageOutcome } from '@ainotebook/contract';
import { type Db, schema } from '@ainotebook/db';
import { and, eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import {
  type AiBudgets,
  type Amount,
  budgetSpent,
  isBudgetSpent,
  lockLeft,
  monthOf,
  setAside,
  tokenLimitOf,
} from './budgets.js';
import { isStream, queueAt, waitForTurn } from './queue.js';
import {
  countsForUser,
  endLostCalls,
  recordFailed,
  settleCall,
  type Taken,
  takenColumns,
} from './records.js';
import { requireStream } from './streams.js';

const { usageRecords } = schema;

/** How often a call says that it goes on. */
const BEAT_MS = 2_000;
/** No call takes longer; who holds one for so long has forgotten it. */
const LONGEST_MS = 3_600_000;
/** Another tokeniser than ours may cut finer: so many times our count are set aside. */
const MARGIN = 1.25;
/** An answer of fewer tokens, some 330 Chinese characters, is not worth its question. */
const LEAST_ANSWER = 256;

const withMargin = (inputTokens: number) => Math.ceil(inputTokens * MARGIN);

/** Fewest tokens for which an answer of at most `maxTokens` is begun. */
export const leastAnswer = (maxTokens: number): number => Math.min(maxTokens, LEAST_ANSWER);

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
  /** Most tokens of the answer: fewer than were asked for where the budget has no more. */
  readonly maxTokens: number;
  /**
   * Waits for its turn where the server writes no more answers at once. @returns how many stand before it,
   * whenever that changes @throws AppError unavailable, AiError aborted
   */
  turn(signal: AbortSignal | undefined): AsyncIterable<number>;
  /** Writes down what another model took that was asked before, and failed. Never throws. */
  alsoFailed(standing: Standing): Promise<void>;
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
  /** What it costs, in millionths of a yuan, that a model reads so much; null where no price is known. */
  readingCost(name: string, inputTokens: number): number | null;
  /**
   * Sets aside what a call may take at most, or what is left where that makes a short answer.
   * @param standing what it took so far; asked every two seconds and at the end
   * @throws AppError budget_spent, limit_reached (streams at once), unavailable (too many wait)
   */
  open(call: CallToMake, standing: () => Standing): Promise<OpenCall>;
}

export function createLedger({
  db,
  prices,
  budgets,
  atOnce = null,
  onFault,
}: {
  db: Db;
  prices: Prices;
  budgets: AiBudgets;
  /** Answers that are written at a time for all together; null: as many as are asked for. */
  atOnce?: number | null;
  /** Told when what a call took could not be written: it is counted by what was last known. */
  onFault: (error: unknown) => void;
}): Ledger {
  const takenOf = ({ provider, model, usage }: Standing): Taken => {
    const price = prices.get(model);
    const cost = usage && price ? costMicroYuan(usage, price) : 0;
    return { provider, model, usage: usage ?? NOTHING, costMicroYuan: price ? cost : null };
  };

  function limitOf({ models, inputTokens, maxTokens }: CallToMake): Amount {
    const most = { inputTokens: withMargin(inputTokens), maxTokens };
    const costs = models.map(({ model }) => {
      const price = prices.get(model);
      return price ? costLimitMicroYuan(most, price) : 0;
    });
    return { tokens: most.inputTokens + maxTokens, microYuan: Math.max(...costs) };
  }

  /** Tokens of the longest answer that what is left is enough for, whoever gives it. */
  function longestFor({ models, ...call }: CallToMake, left: Amount): number {
    const inputTokens = withMargin(call.inputTokens);
    const paid = models.map(({ model }) => {
      const price = prices.get(model);
      const isFree = !price || left.microYuan === Number.POSITIVE_INFINITY;
      return isFree
        ? Number.POSITIVE_INFINITY
        : affordableTokens({ inputTokens, microYuan: left.microYuan }, price);
    });
    return Math.min(call.maxTokens, left.tokens - inputTokens, ...paid);
  }

  /**
   * Sets aside what a call may take at most: all that is asked for, or with `takesRest` what is left where
   * that makes an answer.
   * @returns most tokens of the answer @throws AppError budget_spent, limit_reached, unavailable
   */
  async function reserve(
    id: string,
    {
      call,
      month,
      taken,
      takesRest,
    }: { call: CallToMake; month: string; taken: Taken; takesRest: boolean },
  ): Promise<number> {
    const { userId, feature } = call;
    return db.transaction(async (tx) => {
      if (feature === 'editor') await requireStream(tx, userId);
      const turnAt = atOnce !== null && isStream(feature) ? await queueAt(tx, userId) : null;
      const limits = countsForUser(feature)
        ? { tokens: await tokenLimitOf(tx, budgets, userId), microYuan: null }
        : null;
      let { maxTokens } = call;
      if (takesRest) {
        // In the order of everybody: the row of the person, then the one of all.
        const own = limits && (await lockLeft(tx, { userId, month }, limits));
        const all = await lockLeft(tx, { userId: null, month }, budgets);
        const tokens = Math.min(own?.tokens ?? all.tokens, all.tokens);
        maxTokens = longestFor(call, { tokens, microYuan: all.microYuan });
        if (maxTokens < leastAnswer(call.maxTokens)) throw budgetSpent();
      }
      const amount = limitOf({ ...call, maxTokens });
      if (limits && !(await setAside(tx, { userId, month }, { amount, limits })))
        throw budgetSpent();
      await tx.insert(usageRecords).values({
        ...takenColumns(taken),
        id,
        userId,
        feature,
        month,
        turnAt,
        reservedTokens: amount.tokens,
        reservedMicroYuan: amount.microYuan,
      });
      // The row that everybody waits for comes last.
      const isThere = await setAside(tx, { userId: null, month }, { amount, limits: budgets });
      if (!isThere) throw budgetSpent();
      return maxTokens;
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
    readingCost(name, inputTokens) {
      const price = prices.get(name);
      return price ? costMicroYuan({ inputTokens, cachedTokens: 0, outputTokens: 0 }, price) : null;
    },
    async open(call, standing) {
      const id = v7();
      const began = performance.now();
      const { userId, feature } = call;
      const month = monthOf(new Date());
      const reservation = { call, month, taken: takenOf(standing()) };
      await endLostCalls(db, userId);
      const maxTokens = await reserve(id, { ...reservation, takesRest: false }).catch(
        async (error: unknown) => {
          if (!isBudgetSpent(error)) throw error;
          // Some of what is set aside may be for calls of others whose process is gone.
          await endLostCalls(db);
          return reserve(id, { ...reservation, takesRest: true });
        },
      );
      const timer = setInterval(() => {
        if (performance.now() - began > LONGEST_MS) clearInterval(timer);
        // A database that is away is waited for; the end says all that counts.
        else beat(id, standing()).catch(() => undefined);
      }, BEAT_MS);
      timer.unref();
      return {
        maxTokens,
        async *turn(signal) {
          if (atOnce === null || !isStream(feature)) return;
          yield* waitForTurn(db, id, { atOnce, signal });
        },
        async alsoFailed(failed) {
          await recordFailed(db, { userId, feature, month }, takenOf(failed)).catch(onFault);
        },
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
