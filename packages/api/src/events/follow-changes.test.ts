import { type ChangeEvent, LIMITS, liveListSchema } from '@ainotebook/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { type TestUser, useApi } from '../test-support.js';
import { followChanges } from './follow-changes.js';
import { createLive } from './live.js';

const t = useApi();
let alice: TestUser;
let bob: TestUser;
beforeAll(() => t.feed().start());
afterAll(() => t.feed().close());
beforeEach(async () => {
  [alice, bob] = [await t.user(), await t.user()];
});

/** A line of somebody; it ends with the test, or where it is cut. */
function follow({ id: userId, sessionId }: TestUser, after?: string, services = t.services()) {
  const end = new AbortController();
  const auth = { userId, sessionId, role: 'user' as const };
  const events = followChanges({ ...services, auth }, { after }, end.signal);
  const next = async (): Promise<ChangeEvent> => {
    const { value } = await events.next();
    if (!value) throw new Error('the stream has ended');
    return value;
  };
  const cut = () => {
    end.abort();
    return events.return();
  };
  onTestFinished(async () => void (await cut()));
  return { next, cut };
}

/** Reads until `wanted` articles are named. @returns the last event, and all that was told by then */
async function untilNamed({ next }: ReturnType<typeof follow>, wanted: string[]) {
  const ids = new Set<string>();
  const lists = new Set<string>();
  for (;;) {
    const event = await next();
    if (event.type === 'changed') {
      for (const { id } of event.articles) ids.add(id);
      for (const list of event.lists) lists.add(list);
    }
    if (wanted.every((id) => ids.has(id))) return { event, ids, lists };
  }
}

describe('events.changes', () => {
  it('says where it begins, and then what changes of the caller’s and of nobody else’s', async () => {
    const line = follow(alice);
    expect(await line.next()).toMatchObject({ type: 'alive', position: expect.any(String) });
    const foreign = await bob.api.articles.create({ title: 'his' });
    const { id } = await alice.api.articles.create({ title: 'hers', tags: ['tea'] });
    const { event, ids, lists } = await untilNamed(line, [id]);
    expect(event).toMatchObject({
      type: 'changed',
      isPartial: false,
      articles: [expect.objectContaining({ id, tags: ['tea'] })],
    });
    expect(lists).toContain('articles');
    expect(ids).not.toContain(foreign.id);
  });

  it('goes on from a position with all that was missed', async () => {
    const line = follow(alice);
    const { position } = await line.next();
    await line.cut();
    const missed: string[] = [];
    for (const title of ['one', 'two'])
      missed.push((await alice.api.articles.create({ title })).id);
    await alice.api.notebooks.create({ name: 'tea' });
    await bob.api.articles.create({ title: 'his' });
    const again = follow(alice, position);
    const { ids, lists, event } = await untilNamed(again, missed);
    expect([...ids].sort()).toEqual(missed.sort());
    expect(lists).toContain('notebooks');
    expect(event).toMatchObject({ isPartial: false });
    const later = await alice.api.articles.create({ title: 'three' });
    await untilNamed(again, [later.id]);
  });

  it('loses nothing, whenever it is cut', async () => {
    let position: string | undefined;
    const told = new Set<string>();
    const made: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const line = follow(alice, position);
      const take = async () => {
        const event = await line.next();
        position = event.position;
        if (event.type === 'changed') for (const { id } of event.articles) told.add(id);
      };
      await take();
      made.push((await alice.api.articles.create({ title: `${round}` })).id);
      // Sometimes before it is told, sometimes after.
      if (round % 2 === 0) await take();
      await line.cut();
    }
    const missing = made.filter((id) => !told.has(id));
    if (missing.length > 0) await untilNamed(follow(alice, position), missing);
    expect(made).toHaveLength(6);
  });

  it('takes anything for changed where it cannot say what was missed', async () => {
    const { position } = await follow(alice).next();
    const [xid] = position.split('-');
    for (const after of [`1-0`, `${xid}-another-epoch`, `${Number(xid) + 1_000_000_000}-0`]) {
      expect(await follow(alice, after).next(), after).toMatchObject({
        type: 'changed',
        isPartial: true,
        lists: expect.arrayContaining(liveListSchema.options),
        articles: [],
      });
    }
  });

  it('is for so many readers of one person at once', async () => {
    const lines = Array.from({ length: LIMITS.liveListeners }, () => follow(alice));
    for (const line of lines) await line.next();
    expect(await codeOf(follow(alice).next())).toBe('limit_reached');
    await follow(bob).next();
    await lines[0]?.cut();
    await follow(alice).next();
  });

  it('is sent elsewhere when its process ends', async () => {
    const live = createLive(t.feed());
    const line = follow(alice, undefined, { ...t.services(), live });
    await line.next();
    live.close();
    const rest = async () => {
      for (;;) await line.next();
    };
    expect(await codeOf(rest())).toBe('unavailable');
  });

  it('asks for a position as it was given, and for somebody', async () => {
    expect(await codeOf(alice.api.events.changes({ after: "1'; drop table" }))).toBe('bad_input');
    expect(await codeOf(t.api().events.changes({}))).toBe('unauthenticated');
  });
});
