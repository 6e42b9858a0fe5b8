// Proof: what the server has called saved is saved, whatever dies.
// Clients write through the SDK to the real server with the embedded PostgreSQL; both are killed.
//   node scripts/proof/saves.proof.mjs [--short] [--seed N]     (build first)
import { parseArgs } from 'node:util';
import { seededRandom } from './random.mjs';
import {
  ask,
  duel,
  hashOf,
  openLedger,
  register,
  secondDevice,
  writeOn,
} from './saves-clients.mjs';
import { strikeWhileBusy } from './saves-faults.mjs';
import { createOnce, createOnceUnderKills, saveIdentically } from './saves-once.mjs';
import { compareLines, countAfterHarm, countLosses } from './saves-verdicts.mjs';
import { openProofServer } from './server.mjs';
import { openVerdicts } from './verdicts.mjs';

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } },
});
const plan = values.short
  ? { faults: 6, minSaves: 200, minLostAnswers: 0, duel: 200, kills: 1, restarts: 0 }
  : { faults: 24, minSaves: 1_200, minLostAnswers: 5, duel: 1_000, kills: 4, restarts: 2 };
const PEOPLE = 3;
const ARTICLES = 3;
/** A start after a kill; most of it is Node's own on a busy machine. */
const READY_LIMIT_MS = 20_000;

const random = seededRandom(Number(values.seed));
const { say, isKept } = openVerdicts();
const ledger = openLedger();
const server = await openProofServer();
let isOver = false;

const close = async () => {
  isOver = true;
  ledger.isClosed = true;
  await server.close();
};
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void close().finally(() => process.exit(130)));
}

async function createArticles(client, count) {
  const made = [];
  for (let n = 1; n <= count; n++) {
    made.push(await client.notes.articles.create({ title: `article ${n}`, content: 'first' }));
  }
  return made;
}

/** Two clients a person, on the same articles, while everything dies. */
async function writeThroughFaults(people) {
  const writers = people.flatMap(({ client, articles }) =>
    ['a', 'b'].map((tab) => {
      const label = `${client.name}${tab}`;
      const stream = seededRandom(Math.floor(random() * 2 ** 32));
      return writeOn({ ledger, client, label, articles, random: stream, isOver: () => isOver });
    }),
  );
  const ended = Promise.all(writers);
  // Told below: a client that gives up has noted why.
  ended.catch(() => undefined);
  const struck = await strikeWhileBusy({ server, ledger, random, count: plan.faults });
  isOver = true;
  await ended;
  isOver = false;
  return struck;
}

async function proveDuel(person) {
  const devices = [person, await secondDevice(server.baseUrl, person)];
  const [article, sacrifice] = await createArticles(person, 2);
  const play = async (articleId, saves, isCareless) => {
    const before = { saved: ledger.saved.length, conflicts: ledger.conflicts.length };
    const acknowledged = await duel({ ledger, devices, articleId, saves, random, isCareless });
    const { content } = await ask(ledger, () => person.notes.articles.get({ id: articleId }));
    // The text the article was made with is nobody's line.
    const compared = compareLines(acknowledged, content.replace(/^first/, ''));
    const of = (player) => acknowledged.filter((line) => line.startsWith(player)).length;
    return {
      saves: ledger.saved.length - before.saved + ledger.conflicts.length - before.conflicts,
      conflicts: ledger.conflicts.length - before.conflicts,
      acknowledged: `${of(0)} + ${of(1)}`,
      ...compared,
    };
  };
  const fair = await play(article.id, plan.duel, false);
  say(
    'two clients on one article lose no update of each other',
    fair,
    fair.lost === 0 && fair.repeated === 0 && fair.saves === plan.duel && fair.conflicts > 0,
  );
  const careless = await play(sacrifice.id, 60, true);
  say(
    'control: clients that write over a conflict are seen to lose updates',
    { saves: careless.saves, lost: careless.lost },
    careless.lost > 0,
  );
}

async function proveOnce(person) {
  const [article] = await createArticles(person, 1);
  const parts = { server, ledger, client: person, random };
  const same = await saveIdentically({ ...parts, article });
  say(
    '50 parallel identical saves make one revision',
    same,
    same.distinctAnswers === 1 && same.revisions === 1 && same.numbersTaken === 1,
  );
  const once = await createOnce(parts);
  say(
    '50 parallel creates with one idempotency key make one article',
    once,
    once.distinctReplies === 1 && once.articles === 1,
  );
  const killed = await createOnceUnderKills({ ...parts, rounds: plan.kills });
  say(
    'they make one article, and get one reply, when the server is killed among them',
    killed,
    killed.mostReplies === 1 && killed.articles === plan.kills && killed.committedBeforeKill > 0,
  );
}

async function proveLedger(people, { faults }) {
  await server.withDatabase(async (client) => {
    const losses = await countLosses(client, ledger);
    const { saved, conflicts, errors, strange, lostAnswers } = ledger;
    const told = { acknowledged: saved.length, missing: losses.missing };
    say(
      'a save that was answered "saved" is there, under its number and hash',
      { ...told, otherHash: losses.otherHash },
      losses.missing === 0 && losses.otherHash === 0,
    );
    say(
      'a text that was answered "conflict" is kept',
      { conflicts: conflicts.length, missing: losses.conflictsMissing },
      losses.conflictsMissing === 0 && conflicts.length > 0,
    );
    say(
      'no revision number is given to two texts',
      { numbersUsedTwice: losses.numbersUsedTwice },
      losses.numbersUsedTwice === 0,
    );
    say(
      'clients meet no error but those that ask them to try again',
      { ...errors, others: strange.length },
      strange.length === 0,
    );
    const harmed = await countAfterHarm(client, ledger);
    say(
      'control: a deleted revision, a changed conflict text and a number given twice are noticed',
      harmed,
      Object.values(harmed).every((found) => found === 1),
    );
    say(
      'the faults were real: saves were carried out whose answer was lost',
      {
        ...faults,
        lostAnswers,
        tookOver: server.said('took over the PostgreSQL'),
      },
      lostAnswers >= plan.minLostAnswers && saved.length >= plan.minSaves,
    );
  });
  let differing = 0;
  for (const { client, articles } of people) {
    for (const { id } of articles) {
      const read = await ask(ledger, () => client.notes.articles.get({ id }));
      const newest = ledger.saved.findLast(
        (entry) => entry.articleId === id && entry.revision === read.revision,
      );
      if (newest?.hash !== hashOf(read)) differing += 1;
    }
  }
  say(
    'the API reads back the newest acknowledged text of every article',
    { articles: PEOPLE * ARTICLES, differing },
    differing === 0,
  );
}

async function proveEnd(readyMs) {
  for (let n = 0; n < plan.restarts; n++) {
    await server.kill();
    readyMs.push(await server.start());
  }
  const sorted = readyMs.toSorted((a, b) => a - b);
  say(
    `a start after a kill is ready within ${READY_LIMIT_MS / 1000} s`,
    {
      starts: sorted.length,
      medianMs: sorted[Math.floor(sorted.length / 2)],
      worstMs: sorted.at(-1),
    },
    sorted.at(-1) <= READY_LIMIT_MS,
  );
  const running = await server.leftovers();
  const code = await server.stop();
  const left = await server.leftovers();
  for (const line of left) console.error(`left over: ${line}`);
  say(
    'SIGTERM leaves no process, no lock and no port behind',
    { exitCode: code, whileRunning: running.length, leftOver: left.length },
    code === 0 && running.length > 0 && left.length === 0,
  );
}

try {
  const firstMs = await server.start();
  const people = [];
  for (let n = 1; n <= PEOPLE; n++) {
    const client = await register(server.baseUrl, `writer${n}`);
    people.push({ client, articles: await createArticles(client, ARTICLES) });
  }
  const struck = await writeThroughFaults(people);
  await proveDuel(await register(server.baseUrl, 'duellist'));
  await proveOnce(await register(server.baseUrl, 'repeater'));
  await proveLedger(people, struck);
  await proveEnd(struck.readyMs);
  console.error(`first start with an empty folder: ${firstMs} ms`);
} catch (error) {
  console.error(error);
  console.error(`the server said last:\n${server.output().slice(-4_000)}`);
  for (const line of ledger.strange) console.error(`an error clients must not meet: ${line}`);
  say('the proof ran to its end', { error: String(error?.message ?? error).split('\n')[0] }, false);
} finally {
  await close();
}
process.exitCode = isKept() ? 0 : 1;
