import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusOf } from './save-rules.js';
import type { NoteText } from './save-types.js';
import {
  createClient,
  createServer,
  type Delivery,
  settle,
  type TestClient,
} from './test-support.js';

/** Two people on one note of eight paragraphs; every word typed is a token of its own. */
const START = Array.from({ length: 8 }, (_, at) => `p${at}`).join('\n\n');
const tokensOf = (content: string): string[] => content.match(/[a-z]\d+/g) ?? [];

type Act =
  | { do: 'append' | 'insert' | 'remove'; at: number }
  | { do: 'pass'; ms: number }
  | { do: 'deliver'; how: Delivery }
  | { do: 'save' | 'look' | 'crash' | 'choose' };
type Action = { who: 0 | 1 } & Act;

const place = fc.nat({ max: 7 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('insert' as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), at: place }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(900, 6000) }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      how: fc.constantFrom<Delivery>('answer', 'answer', 'answer', 'lose', 'refuse'),
    }),
  },
  // By chance alone a save that gets through would be rare.
  { weight: 5, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('choose' as const) }) },
);
const story: fc.Arbitrary<Action[]> = fc.array(
  fc.tuple(fc.constantFrom<0 | 1>(0, 1), act).map(([who, what]) => ({ who, ...what })),
  { minLength: 10, maxLength: 60 },
);
const CHOICES = ['mine', 'theirs', 'merged'] as const;

async function openWorld(choices: readonly (typeof CHOICES)[number][]) {
  const server = createServer(START);
  const clients = [createClient(server), createClient(server)] as const;
  for (const client of clients) await client.open();
  /** Typed, and neither taken back by its writer nor lost with a tab before the device had it. */
  const typed = new Set<string>();
  /** Taken out by somebody who saw it. */
  const removed = new Set<string>();
  /** Dropped from the note although nobody removed or was asked about it. */
  const dropped: string[] = [];
  let isAsked = false;
  let count = 0;
  let chosen = 0;
  server.onTaken = (before, after) => {
    const next = new Set(tokensOf(after.content));
    if (isAsked) return;
    dropped.push(
      ...tokensOf(before.content).filter((token) => !next.has(token) && !removed.has(token)),
    );
  };

  const isOnServer = (token: string) =>
    server.history.some(({ text }) => tokensOf(text.content).includes(token));
  const lost = (): string[] => {
    const places: NoteText[] = [
      ...server.history.map(({ text }) => text),
      ...clients.flatMap((client) => [client.text(), ...client.device.values()]),
    ];
    const there = new Set(places.flatMap(({ content }) => tokensOf(content)));
    return [...typed].filter((token) => !there.has(token));
  };
  const edit = (client: TestClient, what: 'append' | 'insert' | 'remove', at: number) => {
    const blocks = client.text().content.split('\n\n');
    const index = at % blocks.length;
    const token = `w${count}`;
    if (what === 'remove') {
      const [gone = ''] = blocks.splice(index, 1);
      for (const word of tokensOf(gone)) {
        removed.add(word);
        // Its writer took it back before anybody else had it.
        if (!isOnServer(word)) typed.delete(word);
      }
    } else {
      count += 1;
      typed.add(token);
      if (what === 'append') blocks[index] = `${blocks[index]} ${token}`;
      else blocks.splice(index + 1, 0, token);
    }
    client.type(blocks.join('\n\n'));
  };
  const choose = (client: TestClient) => {
    const { conflict } = client.runner.getState();
    if (!conflict) return;
    isAsked = true;
    const choice = choices[chosen % choices.length] ?? 'mine';
    chosen += 1;
    client.runner.dispatch(
      choice === 'merged'
        ? { type: 'choose', choice, text: { ...conflict.theirs, content: 'a text by hand' } }
        : { type: 'choose', choice },
    );
  };
  const crash = async (client: TestClient) => {
    const before = tokensOf(client.text().content);
    await client.crash();
    // Only what the device had is promised over a crash.
    const after = new Set(tokensOf(client.text().content));
    const gone = new Set(lost());
    for (const token of before) if (!after.has(token) && gone.has(token)) typed.delete(token);
  };

  return {
    server,
    clients,
    dropped,
    lost,
    async act(action: Action): Promise<void> {
      const client = clients[action.who];
      switch (action.do) {
        case 'append':
        case 'insert':
        case 'remove':
          edit(client, action.do, action.at);
          break;
        case 'pass':
          client.pass(action.ms);
          break;
        case 'deliver':
          client.deliver(action.how);
          break;
        case 'save':
          await settle();
          client.pass(900);
          client.deliver('answer');
          break;
        case 'look':
          client.look();
          break;
        case 'crash':
          await crash(client);
          break;
        case 'choose':
          choose(client);
          break;
      }
      await settle();
    },
    /** The network is back, and everybody decides what is asked. */
    async finish(): Promise<void> {
      for (let round = 0; round < 6; round += 1) {
        for (const client of clients) {
          await client.finish();
          choose(client);
          await client.finish();
          client.look();
          await settle();
        }
      }
    },
  };
}

describe('two people writing one note', () => {
  it('lose no word, whatever network, tabs and choices do, and end with the same text', async () => {
    await fc.assert(
      fc.asyncProperty(
        story,
        fc.array(fc.constantFrom(...CHOICES), { minLength: 1, maxLength: 5 }),
        async (actions, choices) => {
          const world = await openWorld(choices);
          for (const action of actions) {
            await world.act(action);
            expect(world.lost(), `after ${JSON.stringify(action)}`).toEqual([]);
          }
          await world.finish();
          expect(world.lost()).toEqual([]);
          for (const client of world.clients) {
            expect(statusOf(client.runner.getState())).toBe('saved');
            expect(client.text().content).toBe(world.server.current?.content);
            expect([...client.device.values()]).toEqual([]);
          }
        },
      ),
      { numRuns: 300 },
    );
  }, 120_000);

  it('never see a word vanish from the note that nobody removed or was asked about', async () => {
    let merges = 0;
    await fc.assert(
      fc.asyncProperty(story, async (actions) => {
        const world = await openWorld(['mine']);
        for (const action of actions) {
          if (action.do === 'choose') continue;
          await world.act(action);
          expect(world.dropped, `after ${JSON.stringify(action)}`).toEqual([]);
        }
        merges += world.clients.reduce((n, { runner }) => n + runner.getState().merges, 0);
      }),
      { numRuns: 300 },
    );
    // Otherwise nothing was looked at.
    expect(merges).toBeGreaterThan(50);
  }, 120_000);
});
