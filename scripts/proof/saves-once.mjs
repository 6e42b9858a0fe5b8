// What is asked many times and must happen once.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ask, hashOf, save } from './saves-clients.mjs';

const PARALLEL = 50;
/** Parallel requests with one key wait for each other by asking again. */
const IN_FLIGHT = ['request_in_flight'];

const many = (work) => Promise.all(Array.from({ length: PARALLEL }, work));

/** Parallel identical saves. @returns answers, distinct revisions they name, revisions there are */
export async function saveIdentically({ server, ledger, client, article }) {
  const text = { title: 'the same', content: 'of fifty tabs' };
  const before = article.revision;
  const answers = await many(() =>
    save(ledger, client.notes, { articleId: article.id, text, base: before }),
  );
  const [{ revisions, newest }] = await server.query(
    `select (select count(*)::int from revisions where article_id = a.id
      and content_hash = '${hashOf(text)}') as revisions, a.revision - ${before} as newest
     from articles a where a.id = '${article.id}'`,
  );
  return {
    saves: answers.length,
    distinctAnswers: distinct(answers),
    revisions,
    numbersTaken: newest,
  };
}

/** A stored reply may name its fields in another order. */
const distinct = (replies) =>
  replies.filter((reply, at) => replies.findIndex((r) => isDeepStrictEqual(r, reply)) === at)
    .length;

const create = ({ ledger, client }, title, idempotencyKey) =>
  ask(
    ledger,
    () => client.notes.articles.create({ title, content: title }, { idempotencyKey }),
    IN_FLIGHT,
  );

/** Parallel creates with one key. */
export async function createOnce(parts) {
  const made = await many(() => create(parts, 'created once', 'fifty-creates-one-key'));
  return {
    creates: made.length,
    distinctReplies: distinct(made),
    articles: await countTitled(parts.server, 'created once'),
  };
}

/** Parallel creates with one key, the server killed among them; each is sent again until answered. */
export async function createOnceUnderKills({ rounds, ...parts }) {
  const { server, random } = parts;
  const figure = { kills: rounds, committedBeforeKill: 0, articles: 0, mostReplies: 0 };
  for (let round = 1; round <= rounds; round++) {
    const title = `created under kill ${round}`;
    const requests = many(() => create(parts, title, `kill-create-${round}`));
    // Settled below; a failure meanwhile must not end the process.
    requests.catch(() => undefined);
    if (round % 2 === 0) await sleep(random() * 60);
    else await server.withDatabase((client) => untilTitled(client, title));
    await server.kill();
    const killedAt = Date.now();
    await server.start();
    const made = await requests;
    figure.mostReplies = Math.max(figure.mostReplies, distinct(made));
    figure.articles += await countTitled(server, title);
    if (made[0].createdAt.getTime() < killedAt) figure.committedBeforeKill += 1;
  }
  return figure;
}

/** The moment between the commit and most of the answers. */
async function untilTitled(client, title) {
  const deadline = performance.now() + 10_000;
  const find = () => client.query('select 1 from articles where title = $1', [title]);
  while ((await find()).rowCount === 0 && performance.now() < deadline);
}

async function countTitled(server, title) {
  const [{ n }] = await server.query(
    `select count(*)::int as n from articles where title = '${title}'`,
  );
  return n;
}
