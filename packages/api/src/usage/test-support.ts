import { AiError, type ChatEvent, type ChatModel, type ChatRequest } from '@ainotebook/ai';
import { schema } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { TestApi } from '../test-support.js';
import { monthOf } from './budgets.js';

const { usageMonths, usageRecords } = schema;

/** How an answer of the model in memory ends, and what it counts. */
export interface Script {
  pieces?: string[];
  /** Called before each piece. */
  wait?: () => Promise<void>;
  fails?: ConstructorParameters<typeof AiError>[0];
  usage?: { inputTokens: number; outputTokens: number };
}

/** A model without a network that answers as `script` says. */
export function modelInMemory(
  script: (request: ChatRequest) => Script,
  provider = 'test',
): ChatModel {
  const model = 'small';
  async function* stream(request: ChatRequest): AsyncGenerator<ChatEvent, void, undefined> {
    const { pieces = ['你好。'], wait, fails, usage } = script(request);
    for (const [at, text] of pieces.entries()) {
      await wait?.();
      if (request.signal?.aborted) throw new AiError('aborted', 'stopped', provider);
      if (at === 0) yield { type: 'start', provider, model };
      yield { type: 'text', text };
    }
    if (fails) throw new AiError(fails, 'failed', provider);
    const counted = { cachedTokens: 0, reasoningTokens: 0, isEstimated: false };
    const wanted = usage?.outputTokens ?? 5;
    const outputTokens = Math.min(wanted, request.maxTokens ?? wanted);
    yield {
      type: 'finish',
      reason: outputTokens < wanted ? 'length' : 'stop',
      usage: { ...counted, inputTokens: 10, ...usage, outputTokens },
    };
  }
  return { provider, model, contextTokens: 32_000, stream };
}

/** What the ledger says of this month of somebody, or of all (null). */
export async function monthRow(t: TestApi, userId: string | null) {
  const whose = userId === null ? isNull(usageMonths.userId) : eq(usageMonths.userId, userId);
  const [row] = await t
    .services()
    .db.select()
    .from(usageMonths)
    .where(and(whose, eq(usageMonths.month, monthOf(new Date()))));
  const { tokens = 0, microYuan = 0, reservedTokens = 0, reservedMicroYuan = 0 } = row ?? {};
  return { tokens, microYuan, reservedTokens, reservedMicroYuan };
}

/** The same, added up from the calls. */
export async function monthOfRecords(t: TestApi, userId: string | null) {
  const sum = (column: unknown) => sql<number>`coalesce(sum(${column}), 0)::float8`;
  const [row] = await t
    .services()
    .db.select({
      tokens: sql<number>`coalesce(sum(${usageRecords.inputTokens} + ${usageRecords.outputTokens})
        filter (where ${usageRecords.outcome} <> 'open'), 0)::float8`,
      microYuan: sql<number>`coalesce(sum(${usageRecords.costMicroYuan})
        filter (where ${usageRecords.outcome} <> 'open'), 0)::float8`,
      reservedTokens: sum(usageRecords.reservedTokens),
      reservedMicroYuan: sum(usageRecords.reservedMicroYuan),
    })
    .from(usageRecords)
    .where(userId === null ? undefined : eq(usageRecords.userId, userId));
  return row;
}

/** The calls of somebody, oldest first. */
export const callsOf = (t: TestApi, userId: string) =>
  t
    .services()
    .db.select()
    .from(usageRecords)
    .where(eq(usageRecords.userId, userId))
    .orderBy(usageRecords.id);
