// Clients of the saves proof: they write through the SDK and note what they were told.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, ConnectionError, createClient } from '@ainotebook/sdk';

const PASSWORD = 'correct horse battery';
const PATIENCE_MS = 150_000;
/** What a client may meet while servers die; everything else breaks the promise. */
const HARMLESS = new Set(['connection', 'unavailable', 'rate_limited']);

export const hashOf = ({ title, content }) =>
  createHash('sha256').update(`${title}\n${content}`).digest('hex');

/** What all clients were told. */
export function openLedger() {
  return { saved: [], conflicts: [], errors: {}, strange: [], lostAnswers: 0, isClosed: false };
}

export async function register(baseUrl, name) {
  const guest = createClient({ baseUrl, maxRetries: 0, timeoutMs: 15_000 });
  const email = `${name}@example.org`;
  const fields = { email, password: PASSWORD, displayName: name, session: 'token' };
  return { name, email, notes: guest.withSession(await guest.auth.register(fields)) };
}

/** The same person on another device. */
export async function secondDevice(baseUrl, { name, email }) {
  const guest = createClient({ baseUrl, maxRetries: 0, timeoutMs: 15_000 });
  const session = await guest.auth.login({ email, password: PASSWORD, session: 'token' });
  return { name, email, notes: guest.withSession(session) };
}

/**
 * Sends the same until it is answered.
 * @param harmless codes that are no answer yet, beside those of a dying server
 */
export async function ask(ledger, send, harmless = []) {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      const code =
        error instanceof ConnectionError
          ? 'connection'
          : error instanceof ApiError
            ? error.code
            : 'unknown';
      ledger.errors[code] = (ledger.errors[code] ?? 0) + 1;
      if (!HARMLESS.has(code) && !harmless.includes(code)) {
        ledger.strange.push(`${code}: ${error.message}`);
        throw error;
      }
      if (ledger.isClosed || performance.now() > deadline) throw error;
      // A limit is honoured; a dying server is bothered again at once, which is the harder case.
      const waitMs = code === 'unavailable' || code === 'connection' ? 0 : error.retryAfterMs;
      await sleep((waitMs ?? 1_000) + 30 + Math.random() * 60);
    }
  }
}

/** One save, sent unchanged until it is answered, and noted. */
export async function save(ledger, notes, { articleId, text, base }) {
  let sentAt = 0;
  let sends = 0;
  const answer = await ask(ledger, () => {
    sentAt = Date.now();
    sends += 1;
    return notes.articles.save({ id: articleId, data: text, baseRevision: base });
  });
  const entry = { articleId, base, hash: hashOf(text) };
  if (answer.status === 'saved') {
    const { revision, contentHash } = answer;
    ledger.saved.push({ ...entry, revision, answeredHash: contentHash });
    // An earlier send had been carried out: its server died before it could say so.
    if (sends > 1 && answer.savedAt.getTime() < sentAt) ledger.lostAnswers += 1;
  } else {
    ledger.conflicts.push({ ...entry, revisionId: answer.kept.revisionId });
  }
  return answer;
}

/** Writes numbered texts to a person's articles, on the revision this client has seen last. */
export async function writeOn({ ledger, client, label, articles, random, isOver }) {
  const known = new Map(articles.map(({ id, revision }) => [id, revision]));
  for (let n = 1; !isOver(); n++) {
    const { id: articleId } = articles[Math.floor(random() * articles.length)];
    const size = Math.floor(random() ** 3 * 4_000);
    const text = { title: `${label} ${n}`, content: `${label} ${n}\n${'字'.repeat(size)}` };
    const base = known.get(articleId);
    const answer = await save(ledger, client.notes, { articleId, text, base });
    known.set(articleId, answer.status === 'saved' ? answer.revision : answer.current.revision);
    await sleep(random() * 40);
  }
}

/**
 * Two devices add lines to one article, `saves` saves in all; who comes late adds the line again to
 * what the other wrote. Careless ones put their own text over it instead.
 * @returns the lines whose save was acknowledged
 */
export async function duel({ ledger, devices, articleId, saves, random, isCareless = false }) {
  const acknowledged = [];
  let left = saves;
  const play = async ({ notes }, player) => {
    let { content, revision } = await ask(ledger, () => notes.articles.get({ id: articleId }));
    for (let n = 1; left > 0; ) {
      left -= 1;
      // In lockstep the same one would always come late.
      await sleep(random() * 40);
      const line = `${player} ${n}`;
      const text = { title: 'duel', content: `${content}${line}\n` };
      const answer = await save(ledger, notes, { articleId, text, base: revision });
      if (answer.status === 'saved') {
        acknowledged.push(line);
        ({ content } = text);
        ({ revision } = answer);
        n += 1;
      } else {
        ({ revision } = answer.current);
        if (!isCareless) ({ content } = answer.current);
      }
    }
  };
  await Promise.all(devices.map(play));
  return acknowledged;
}
