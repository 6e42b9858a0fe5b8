import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDirty, sameText, statusOf } from './save-rules.js';
import type { NoteText } from './save-types.js';
import { createClient, createServer, type Delivery, settle, textOf } from './test-support.js';

async function openWorld() {
  const server = createServer();
  const client = createClient(server);
  await client.open();
  return { server, client };
}
type World = Awaited<ReturnType<typeof openWorld>>;

const isKept = ({ server, client }: World, wanted: NoteText): boolean =>
  sameText(client.text(), wanted) ||
  [...client.device.values()].some((draft) => sameText(draft, wanted)) ||
  server.has(wanted);

type Action =
  | { do: 'type' }
  | { do: 'pass'; ms: number }
  | { do: 'deliver'; how: Delivery }
  | { do: 'crash' }
  | { do: 'foreign' }
  | { do: 'look' }
  | { do: 'choose'; choice: 'mine' | 'theirs' | 'merged' };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Action>({ do: 'type' }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(100, 900, 6000) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      how: fc.constantFrom<Delivery>('answer', 'answer', 'lose', 'refuse'),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'crash' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'foreign' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'look' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('choose' as const),
      choice: fc.constantFrom('mine' as const, 'theirs' as const, 'merged' as const),
    }),
  },
);

/** Half of the runs begin with a refused save: by chance alone they would be rare. */
const toConflict: Action[] = [
  { do: 'type' },
  { do: 'foreign' },
  { do: 'pass', ms: 900 },
  { do: 'deliver', how: 'answer' },
];
const story = (maxLength: number): fc.Arbitrary<Action[]> =>
  fc
    .tuple(fc.boolean(), fc.array(action, { maxLength }))
    .map(([isConflict, rest]) => (isConflict ? [...toConflict, ...rest] : rest));

/** One block, changed here and elsewhere: whatever meets overlaps. */
async function play(actions: Action[]) {
  const world = await openWorld();
  const { server, client } = world;
  let typed = 0;
  let last = textOf('start');
  for (const step of actions) {
    switch (step.do) {
      case 'type':
        typed += 1;
        last = textOf(`${client.text().content} ${typed}`);
        client.type(last.content);
        break;
      case 'pass':
        client.pass(step.ms);
        break;
      case 'deliver':
        client.deliver(step.how);
        break;
      case 'crash': {
        const drafts = [...client.device.values()];
        await client.crash();
        // Only what the device had is promised over a crash.
        if (!isKept(world, last)) last = drafts.at(-1) ?? client.text();
        break;
      }
      case 'foreign':
        if (!server.current) break;
        server.save(textOf(`foreign ${server.current.revision}`), server.current.revision);
        break;
      case 'look':
        client.look();
        break;
      case 'choose':
        client.runner.dispatch(
          step.choice === 'merged'
            ? { type: 'choose', choice: step.choice, text: textOf(`merged ${typed}`) }
            : { type: 'choose', choice: step.choice },
        );
        break;
    }
    await settle();
    expect(isKept(world, last), `lost "${last.content}" after ${step.do}`).toBe(true);
  }
  return { ...world, last };
}

describe('nothing typed is ever lost', () => {
  it('whatever the network, the other devices and the tab do', async () => {
    await fc.assert(
      fc.asyncProperty(story(40), async (actions) => {
        await play(actions);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('and in the end the server has it, and the device is clean', async () => {
    await fc.assert(
      fc.asyncProperty(story(30), async (actions) => {
        const { server, client, last } = await play(actions);
        for (let round = 0; round < 4; round += 1) {
          await client.finish();
          client.runner.dispatch({ type: 'choose', choice: 'mine' });
          await settle();
        }
        expect(statusOf(client.runner.getState())).toBe('saved');
        expect(server.has(last)).toBe(true);
        expect([...client.device.values()]).toEqual([]);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe('a saver', () => {
  it('never has two saves on their way', async () => {
    const { client } = await openWorld();
    for (let edit = 0; edit < 20; edit += 1) {
      client.type(`edit ${edit}`);
      await settle();
      client.pass(900);
      await settle();
      expect(client.pending.length).toBeLessThanOrEqual(1);
    }
  });

  it('resolves flush when the server has the text, and rejects when it cannot be brought there', async () => {
    const { client } = await openWorld();
    client.type('one');
    const flushed = client.runner.flush();
    await settle();
    client.deliver('answer');
    await expect(flushed).resolves.toMatchObject({ content: 'one', revision: 2 });
    client.type('two');
    await settle();
    const failed = client.runner.flush();
    await settle();
    client.deliver('refuse');
    await expect(failed).rejects.toMatchObject({ code: 'network' });
    expect(isDirty(client.runner.getState())).toBe(true);
  });

  it('lets nobody wait for it when it is closed', async () => {
    const { client } = await openWorld();
    client.type('one');
    const flushed = client.runner.flush();
    client.runner.close();
    await expect(flushed).rejects.toMatchObject({ code: 'closed' });
  });

  it('goes on after a reload where the draft ended, also when the answer was lost', async () => {
    const { server, client } = await openWorld();
    client.type('one');
    await settle();
    client.pass(900);
    await settle();
    client.type('one two');
    await settle();
    client.deliver('lose');
    await settle();
    await client.crash();
    expect(client.text().content).toBe('one two');
    client.deliver('answer');
    await settle();
    expect(statusOf(client.runner.getState())).toBe('saved');
    expect(server.current?.content).toBe('one two');
  });

  it('leaves no draft behind of what was typed and taken back', async () => {
    const { client } = await openWorld();
    client.type('start and more');
    await settle();
    expect(client.device.size).toBe(1);
    client.type('start');
    await settle();
    expect(client.device.size).toBe(0);
  });

  it('takes back also what may have reached the server', async () => {
    const { server, client } = await openWorld();
    client.type('regretted');
    await settle();
    client.pass(900);
    client.deliver('lose');
    await settle();
    client.type('start');
    await settle();
    await client.finish();
    expect(server.current?.content).toBe('start');
    expect(server.has(textOf('regretted'))).toBe(true);
  });

  it('never writes over what became of a note whose creation was answered to nobody', async () => {
    const server = createServer(null);
    const client = createClient(server, { notebookId: null, tags: [] });
    await client.open();
    client.type('first');
    await settle();
    client.pass(900);
    client.deliver('lose');
    await settle();
    server.save(textOf('changed elsewhere'), 1);
    client.type('first and more');
    await settle();
    await client.finish();
    expect(statusOf(client.runner.getState())).toBe('conflict');
    expect(server.current?.content).toBe('changed elsewhere');
    expect(server.has(textOf('first and more'))).toBe(true);
  });
});
