import { AiError } from '@ainotebook/ai';
import { schema } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { type TestUser, useApi } from '../test-support.js';
import { embeddingSchedule } from './embedding.jobs.js';
import { dispatcherOf, runEverything, standIn } from './test-support.js';

const model = standIn({ maxBatch: 2 });
const t = useApi({ embedding: model });
const { articleEmbeddings, outbox } = schema;
const db = () => t.services().db;

let alice: TestUser;
/** Calls, also those that failed. */
let calls = 0;
beforeEach(async () => {
  await db().execute(sql`truncate outbox, dead_letters, articles cascade`);
  answers();
  alice = await t.user();
});

function answers(): void {
  calls = 0;
  model.before = () => {
    calls += 1;
  };
}
function fails(kind: ConstructorParameters<typeof AiError>[0]): void {
  calls = 0;
  model.before = () => {
    calls += 1;
    throw new AiError(kind, 'no', 'test');
  };
}

/** What the clock does every ten minutes, and all that comes of it. */
async function tick(): Promise<void> {
  const models = () => ({ ...t.services().models(), embedding: model });
  await db().transaction((tx) => embeddingSchedule(models).enqueue(tx, new Date()));
  await runEverything(t, model);
}
const hoursPass = () =>
  db()
    .update(articleEmbeddings)
    .set({ updatedAt: sql`${articleEmbeddings.updatedAt} - interval '2 hours'` });
const notes = async (user: TestUser, count: number) => {
  for (let at = 0; at < count; at += 1) {
    await user.api.articles.create({ title: `note ${at}`, content: `apple ${at}` });
  }
  await runEverything(t, model);
};
const countsOf = async ({ api }: TestUser) => {
  const { done, failed } = await api.embeddings.counts();
  return { done, failed };
};

describe('notes that could not be embedded', () => {
  it('are tried again after an hour: a few until the model answers, then all of them', async () => {
    fails('bad_key');
    await notes(alice, 14);
    expect([calls, await countsOf(alice)]).toEqual([14, { done: 0, failed: 14 }]);
    await tick();
    expect(calls).toBe(14);
    await hoursPass();
    await tick();
    expect(calls).toBe(19);
    answers();
    await tick();
    expect([calls, await countsOf(alice)]).toEqual([5, { done: 5, failed: 9 }]);
    await hoursPass();
    await tick();
    expect([calls, await countsOf(alice)]).toEqual([14, { done: 14, failed: 0 }]);
  });

  it('are not tried again by the clock where the model would say the same of the same text', async () => {
    fails('filtered');
    await notes(alice, 1);
    answers();
    await hoursPass();
    await tick();
    expect([calls, await countsOf(alice)]).toEqual([0, { done: 0, failed: 1 }]);
    expect(await alice.api.embeddings.retry({})).toEqual({ count: 1 });
    await runEverything(t, model);
    expect(await countsOf(alice)).toEqual({ done: 1, failed: 0 });
  });

  it('are tried again when an administrator says so, and nobody else', async () => {
    const admin = await t.user({ role: 'admin' });
    fails('no_credit');
    await notes(alice, 6);
    answers();
    expect(await codeOf(alice.api.admin.embeddings.retry())).toBe('forbidden');
    expect(await admin.api.admin.embeddings.retry()).toEqual({ count: 6 });
    await runEverything(t, model);
    expect(await countsOf(alice)).toEqual({ done: 6, failed: 0 });
    expect(await admin.api.admin.embeddings.retry()).toEqual({ count: 0 });
  });

  it('are tried again when the provider of the model is changed', async () => {
    const { ai } = (await t.user({ role: 'admin' })).api.admin;
    const provider = {
      name: 'test',
      kind: 'openai',
      baseUrl: 'https://models.example/v1',
    } as const;
    await ai.createProvider(provider);
    await ai.createProvider({ ...provider, name: 'other' });
    const embedding = { provider: 'test', model: 'stand-in', dimensions: model.dimensions };
    await ai.pickModels({ chat: [], fast: null, embedding });
    fails('bad_key');
    await notes(alice, 1);
    answers();
    await ai.updateProvider({ name: 'other', data: { apiKey: 'another-key' } });
    await runEverything(t, model);
    expect(calls).toBe(0);
    await ai.updateProvider({ name: 'test', data: { apiKey: 'the-right-key' } });
    await runEverything(t, model);
    expect([calls, await countsOf(alice)]).toEqual([1, { done: 1, failed: 0 }]);
  });

  it('wait for as long as the provider asks for', async () => {
    model.before = () => {
      throw new AiError('rate_limited', 'no', 'test', { retryAfterMs: 900_000 });
    };
    await alice.api.articles.create({ title: 'note', content: 'apple' });
    const dispatcher = dispatcherOf(t, model);
    const waiting = and(eq(outbox.topic, 'embed-article'), isNull(outbox.doneAt));
    for (let ran = 1; ran > 0; ) ran = await dispatcher.runDue();
    await db()
      .update(outbox)
      .set({ nextAt: new Date(0) })
      .where(waiting);
    await dispatcher.runDue();
    const [row] = await db().select().from(outbox).where(waiting);
    expect(row).toMatchObject({ attempt: 1, failedAt: null });
    expect((row?.nextAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(600_000);
  });
});

describe('a batch of which only some texts were answered', () => {
  it('is kept, and the rest is asked for', async () => {
    const sent: string[][] = [];
    const halting = {
      ...standIn(),
      embed: async (texts: readonly string[]) => {
        sent.push([...texts]);
        return standIn().embed(texts.slice(0, 2), { kind: 'passage' });
      },
    };
    const content = ['a', 'b', 'c', 'd', 'e'].map((word) =>
      `# ${word}\n\n${word} words. `.repeat(60),
    );
    const { id } = await alice.api.articles.create({
      title: 'note',
      content: content.join('\n\n'),
    });
    await runEverything(t, halting);
    const { passages, embedded, status } = await alice.api.embeddings.get({ articleId: id });
    expect([status, embedded]).toEqual(['done', passages]);
    const firsts = sent.map(([first]) => first);
    expect(new Set(firsts).size).toBe(Math.ceil(passages / 2));
  });
});
