import { AiError } from '@ainotebook/ai';
import { schema } from '@ainotebook/db';
import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Services } from '../context.js';
import { type TestUser, useApi } from '../test-support.js';
import { embeddingSchedule } from './embedding.jobs.js';
import { runEverything, standIn } from './test-support.js';

const model = standIn({ maxBatch: 2 });
const t = useApi({ embedding: model });
const { chunks, chunkVectors, outbox } = schema;
const db = () => t.services().db;

/** What the clock does every ten minutes, where this model is set up. */
async function tick(embedding: ReturnType<Services['models']>['embedding']): Promise<void> {
  const models = () => ({ ...t.services().models(), embedding });
  await db().transaction((tx) => embeddingSchedule(models).enqueue(tx, new Date()));
}

const sentTexts = () => model.sent.flat();
const paragraph = (word: string) => `${`${word} and plain words. `.repeat(40)}\n\n`;
/** Three sections, each a passage of its own. */
const longText = (words: readonly string[]) =>
  words.map((word) => `# ${word}\n\n${paragraph(word)}`).join('');

const save = async (user: TestUser, id: string, content: string, title = 'note') => {
  const { revision } = await user.api.articles.get({ id });
  await user.api.articles.save({ id, data: { title, content }, baseRevision: revision });
};
const vectorsOf = (articleId: string) =>
  db()
    .select({ chunkId: chunkVectors.chunkId, model: chunkVectors.model })
    .from(chunkVectors)
    .innerJoin(chunks, eq(chunks.id, chunkVectors.chunkId))
    .where(eq(chunkVectors.articleId, articleId))
    .orderBy(asc(chunks.ordinal));

let alice: TestUser;
let bob: TestUser;
beforeEach(async () => {
  model.before = () => undefined;
  [alice, bob] = [await t.user(), await t.user()];
  await bob.api.articles.create({ title: 'his', content: 'his words' });
  await runEverything(t, model);
  model.sent = [];
});

describe('embedding', () => {
  it('gives each passage a vector, under its title and headings', async () => {
    const { id } = await alice.api.articles.create({
      title: 'note',
      content: longText(['apple', 'pear', 'plum']),
    });
    expect(await alice.api.embeddings.get({ articleId: id })).toMatchObject({
      status: 'pending',
      model: 'test/stand-in',
    });
    await runEverything(t, model);
    expect(await vectorsOf(id)).toHaveLength(3);
    expect(model.sent.map((texts) => texts.length)).toEqual([2, 1]);
    expect(sentTexts()[1]).toMatch(/^note > pear\n\n# pear\n\npear and plain/);
    expect(await alice.api.embeddings.get({ articleId: id })).toMatchObject({
      status: 'done',
      reason: null,
      passages: 3,
      embedded: 3,
    });
    await expect(bob.api.embeddings.get({ articleId: id })).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
    expect(await bob.api.embeddings.counts()).toMatchObject({ done: 1, pending: 0, failed: 0 });
  });

  it('sends only passages whose text changed, also when they stand elsewhere now', async () => {
    const { id } = await alice.api.articles.create({
      title: 'note',
      content: longText(['apple', 'pear', 'plum']),
    });
    await runEverything(t, model);
    model.sent = [];
    await save(alice, id, longText(['apple', 'quince', 'plum']));
    await runEverything(t, model);
    expect(sentTexts().map((text) => text.slice(0, 13))).toEqual(['note > quince']);
    model.sent = [];
    await save(alice, id, longText(['fig', 'apple', 'quince', 'plum']));
    await runEverything(t, model);
    expect(sentTexts().map((text) => text.slice(0, 10))).toEqual(['note > fig']);
    expect(await vectorsOf(id)).toHaveLength(4);
    model.sent = [];
    await alice.api.articles.update({ id, data: { isPinned: true } });
    await runEverything(t, model);
    expect(model.sent).toEqual([]);
  });

  it('goes on behind what was kept when a call fails', async () => {
    let calls = 0;
    model.before = () => {
      calls += 1;
      if (calls === 2) throw new AiError('unavailable', 'down', 'test');
    };
    const { id } = await alice.api.articles.create({
      title: 'note',
      content: longText(['apple', 'pear', 'plum', 'fig']),
    });
    await runEverything(t, model);
    expect(sentTexts().map((text) => text.split('\n')[0])).toEqual([
      'note > apple',
      'note > pear',
      'note > plum',
      'note > fig',
    ]);
    expect(await alice.api.embeddings.get({ articleId: id })).toMatchObject({ status: 'done' });
  });

  it('fails with its reason after the last attempt, and is tried again when asked', async () => {
    model.before = () => {
      throw new AiError('unavailable', 'secret words of the provider', 'test');
    };
    const { id } = await alice.api.articles.create({ title: 'note', content: 'apple' });
    await runEverything(t, model);
    const failed = await alice.api.embeddings.get({ articleId: id });
    expect(failed).toMatchObject({ status: 'failed', reason: 'unavailable', embedded: 0 });
    expect(await alice.api.embeddings.counts()).toMatchObject({ failed: 1 });
    model.before = () => undefined;
    expect(await bob.api.embeddings.retry({})).toEqual({ count: 0 });
    expect(await alice.api.embeddings.retry({})).toEqual({ count: 1 });
    await runEverything(t, model);
    expect(await alice.api.embeddings.get({ articleId: id })).toMatchObject({
      status: 'done',
      reason: null,
    });
  });

  it('asks once with a wrong key, and refuses vectors that do not fit', async () => {
    let calls = 0;
    model.before = () => {
      calls += 1;
      throw new AiError('bad_key', 'no', 'test');
    };
    const { id } = await alice.api.articles.create({ title: 'note', content: 'apple' });
    await runEverything(t, model);
    expect(calls).toBe(1);
    expect(await alice.api.embeddings.get({ articleId: id })).toMatchObject({ reason: 'bad_key' });

    const short = {
      ...standIn(),
      embed: async () => ({ vectors: [new Float32Array(3)], tokens: 1 }),
    };
    await alice.api.embeddings.retry({ articleId: id });
    await runEverything(t, short);
    expect(await alice.api.embeddings.get({ articleId: id })).toMatchObject({
      status: 'failed',
      reason: 'bad_answer',
    });
    expect(await vectorsOf(id)).toEqual([]);
  });

  it('embeds anew for another model, what was there before it and what was trashed left out', async () => {
    const content = longText(['apple', 'pear']);
    const { id } = await alice.api.articles.create({ title: 'note', content });
    const trashed = await alice.api.articles.create({ title: 'old', content: 'old' });
    await runEverything(t, model);
    await alice.api.articles.delete({ id: trashed.id });
    await runEverything(t, model);
    expect(await vectorsOf(trashed.id)).toEqual([]);
    const next = standIn({ model: 'next' });
    await tick(next);
    await runEverything(t, next);
    expect((await vectorsOf(id)).map((row) => row.model)).toEqual(['test/next', 'test/next']);
    expect(next.sent.flat().join()).not.toContain('old');
  });

  it('queues nothing without a model, and lets what waits for one end', async () => {
    await db().delete(outbox);
    const { id } = await alice.api.articles.create({ title: 'note', content: 'apple' });
    await runEverything(t, null);
    const rows = await db().select({ topic: outbox.topic }).from(outbox);
    expect(rows.map(({ topic }) => topic)).not.toContain('embed-article');
    await tick(null);
    expect(await db().select({ topic: outbox.topic }).from(outbox)).toEqual(rows);
    expect(await vectorsOf(id)).toEqual([]);
    await alice.api.embeddings.retry({ articleId: id });
    await runEverything(t, null);
    expect(model.sent).toEqual([]);
  });

  it('shows an administrator how many wait, and nobody else', async () => {
    const admin = await t.user({ role: 'admin' });
    const before = await admin.api.admin.embeddings.counts();
    await alice.api.articles.create({ title: 'note', content: 'apple' });
    await runEverything(t, model);
    expect(await admin.api.admin.embeddings.counts()).toEqual({ ...before, done: before.done + 1 });
    await expect(alice.api.admin.embeddings.counts()).rejects.toMatchObject({
      cause: { code: 'forbidden' },
    });
  });
});
