import { schema } from '@ainotebook/db';
import { createDispatcher, type JobHandler } from '@ainotebook/jobs';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createJobHandlers } from '../jobs.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';

const t = useApi();
const { outbox } = schema;
let alice: TestUser;
let bob: TestUser;

beforeEach(async () => {
  alice = await t.user();
  bob = await t.user();
});

const code = (error: string) => ({ cause: { code: error } });
const inAnHour = () => new Date(Date.now() + 3_600_000);
const write = (user: TestUser, title: string) =>
  user.api.articles.create({ title, content: 'first' });

/** Runs the jobs that are due once the clock stands an hour and a bit later. */
async function anHourLater(
  handlers: JobHandler[] = createJobHandlers(testJobServices(t.services())),
) {
  const { db } = t.services();
  await db.execute(sql`update outbox set next_at = next_at - interval '61 minutes'`);
  await createDispatcher({ db, handlers }).runDue();
}

const events = async (user: TestUser) => {
  const rows = await t
    .services()
    .db.select({ kind: schema.notifications.kind, data: schema.notifications.data })
    .from(schema.notifications)
    .where(eq(schema.notifications.userId, user.id));
  return rows;
};

describe('a scheduled article', () => {
  it('goes live when it is time, with its settings and the text of that moment', async () => {
    const { id: articleId, revision } = await write(alice, 'Later');
    const publishAt = inAnHour();
    const schedule = { articleId, publishAt, slug: 'later', visibility: 'unlisted' } as const;
    await alice.api.publications.schedule(schedule);
    expect(await alice.api.publications.getSchedule({ articleId })).toEqual({
      articleId,
      title: 'Later',
      publishAt,
      settings: { slug: 'later', visibility: 'unlisted' },
    });
    await createDispatcher({
      db: t.services().db,
      handlers: createJobHandlers(testJobServices(t.services())),
    }).runDue();
    expect(await alice.api.publications.get({ articleId })).toBeNull();
    await alice.api.articles.save({
      id: articleId,
      baseRevision: revision,
      data: { title: 'Later', content: 'second' },
    });
    await anHourLater();
    expect(await alice.api.publications.get({ articleId })).toMatchObject({
      slug: 'later',
      visibility: 'unlisted',
      hasUnpublishedChanges: false,
    });
    expect(await t.api().publications.read({ slug: 'later' })).toMatchObject({ content: 'second' });
    expect(await alice.api.publications.getSchedule({ articleId })).toBeNull();
    const data = { articleId, title: 'Later', url: 'https://notes.test/p/later' };
    expect(await events(alice)).toEqual([{ kind: 'scheduled_published', data }]);
    expect(await events(bob)).toEqual([]);
  });

  it('goes live once, however often the job is delivered', async () => {
    const { id: articleId } = await write(alice, 'Twice');
    await alice.api.publications.schedule({ articleId, publishAt: inAnHour() });
    await anHourLater();
    const before = await alice.api.publications.get({ articleId });
    await alice.api.publications.unpublish({ articleId });
    const { db } = t.services();
    await db
      .update(outbox)
      .set({ doneAt: null, attempt: 0 })
      .where(eq(outbox.topic, 'publications.publish-scheduled'));
    await anHourLater();
    expect(before).not.toBeNull();
    expect(await alice.api.publications.get({ articleId })).toBeNull();
    expect(await events(alice)).toHaveLength(1);
  });

  it('goes live at the last time it was given', async () => {
    const { id: articleId } = await write(alice, 'Moved');
    await alice.api.publications.schedule({ articleId, publishAt: inAnHour() });
    const publishAt = new Date(Date.now() + 2 * 3_600_000);
    await alice.api.publications.schedule({ articleId, publishAt });
    await anHourLater();
    expect(await alice.api.publications.get({ articleId })).toBeNull();
    await anHourLater();
    expect(await alice.api.publications.get({ articleId })).not.toBeNull();
  });

  it('stays where it is once cancelled, trashed, or published by hand', async () => {
    const [cancelled, trashed, published] = [
      await write(alice, 'Cancelled'),
      await write(alice, 'Trashed'),
      await write(alice, 'By hand'),
    ];
    for (const { id } of [cancelled, trashed, published]) {
      await alice.api.publications.schedule({ articleId: id, publishAt: inAnHour() });
    }
    await alice.api.publications.cancelSchedule({ articleId: cancelled.id });
    await alice.api.publications.cancelSchedule({ articleId: cancelled.id });
    await alice.api.articles.delete({ id: trashed.id });
    await alice.api.publications.publish({ articleId: published.id });
    expect((await alice.api.publications.listSchedules({})).items).toEqual([]);
    await anHourLater();
    expect(await alice.api.publications.get({ articleId: cancelled.id })).toBeNull();
    expect(await events(alice)).toEqual([]);
  });

  it('tells its author why it could not go live', async () => {
    const { id: articleId } = await write(alice, 'Wants an address');
    await alice.api.publications.schedule({ articleId, publishAt: inAnHour(), slug: 'wanted' });
    const other = await write(bob, 'Has it');
    await bob.api.publications.publish({ articleId: other.id, slug: 'wanted' });
    await anHourLater();
    expect(await alice.api.publications.get({ articleId })).toBeNull();
    expect(await alice.api.publications.getSchedule({ articleId })).toBeNull();
    const data = { articleId, title: 'Wants an address', code: 'slug_taken' };
    expect(await events(alice)).toEqual([{ kind: 'scheduled_failed', data }]);
  });

  it('of a suspended author does not go live', async () => {
    const { id: articleId } = await write(alice, 'Suspended');
    await alice.api.publications.schedule({ articleId, publishAt: inAnHour() });
    const { db } = t.services();
    await db.update(schema.users).set({ status: 'suspended' }).where(eq(schema.users.id, alice.id));
    await anHourLater();
    expect(await alice.api.publications.get({ articleId })).toBeNull();
  });
});

describe('scheduling', () => {
  it('refuses a time that has passed, and one too far ahead', async () => {
    const { id: articleId } = await write(alice, 'Times');
    for (const publishAt of [new Date(Date.now() - 1000), new Date(Date.now() + 400 * 86_400_000)])
      await expect(alice.api.publications.schedule({ articleId, publishAt })).rejects.toMatchObject(
        code('bad_input'),
      );
  });

  it("lists the next first, page by page, and the caller's own only", async () => {
    const times = [3, 1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000));
    for (const publishAt of times) {
      const { id: articleId } = await write(alice, `At ${publishAt.toISOString()}`);
      await alice.api.publications.schedule({ articleId, publishAt });
    }
    const first = await alice.api.publications.listSchedules({ limit: 2 });
    const second = await alice.api.publications.listSchedules({
      limit: 2,
      cursor: first.nextCursor,
    });
    const listed = [...first.items, ...second.items].map(({ publishAt }) => publishAt.getTime());
    expect(listed).toEqual(times.map((time) => time.getTime()).sort());
    expect(second.nextCursor).toBeNull();
    expect((await bob.api.publications.listSchedules({})).items).toEqual([]);
  });

  it('knows no article of another user', async () => {
    const { id: articleId } = await write(alice, 'Mine');
    await alice.api.publications.schedule({ articleId, publishAt: inAnHour() });
    for (const call of [
      () => bob.api.publications.schedule({ articleId, publishAt: inAnHour() }),
      () => bob.api.publications.getSchedule({ articleId }),
      () => bob.api.publications.cancelSchedule({ articleId }),
    ])
      await expect(call()).rejects.toMatchObject(code('not_found'));
    expect(await alice.api.publications.getSchedule({ articleId })).not.toBeNull();
  });
});

describe('the picture of an article', () => {
  it('is drawn when it goes live, and again only when it would show something else', async () => {
    const drawn: string[] = [];
    const handlers = createJobHandlers(
      testJobServices(t.services(), {
        drawSocialCard: async ({ title }) => {
          if (title.endsWith('rawn')) drawn.push(title);
          return Buffer.from(title);
        },
      }),
    );
    const { id: articleId } = await write(alice, 'Drawn');
    await alice.api.publications.publish({ articleId });
    await anHourLater(handlers);
    await alice.api.publications.publish({ articleId });
    await anHourLater(handlers);
    expect(drawn).toEqual(['Drawn']);
    const { revision } = await alice.api.articles.get({ id: articleId });
    await alice.api.articles.save({
      id: articleId,
      baseRevision: revision,
      data: { title: 'Redrawn', content: 'first' },
    });
    await alice.api.publications.publish({ articleId });
    await anHourLater(handlers);
    expect(drawn).toEqual(['Drawn', 'Redrawn']);
    const [image] = await t
      .services()
      .db.select()
      .from(schema.publicationImages)
      .where(eq(schema.publicationImages.articleId, articleId));
    expect(image?.png.toString()).toBe('Redrawn');
  });
});
