// Keeps a folder of Markdown files beside the notes; each run writes what has changed since the last.
// NOTES_EMAIL=... NOTES_PASSWORD=... node examples/backup.mjs http://127.0.0.1:3000 backup
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiError, createClient } from '@ainotebook/sdk';

const [, , baseUrl = 'http://127.0.0.1:3000', folder = 'backup'] = process.argv;
const sessionFile = path.join(folder, '.session.json');
const stateFile = path.join(folder, '.written.json');

// Ctrl-C ends the call under way; the next run goes on from there.
const ending = new AbortController();
process.once('SIGINT', () => ending.abort());
const options = { signal: ending.signal };

/** @param {string} file */
const readJson = async (file) => {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : JSON.parse(text);
};
/** @param {string} file @param {unknown} value */
const writeJson = (file, value) => writeFile(file, JSON.stringify(value), { mode: 0o600 });

const guest = createClient({ baseUrl });

async function signIn() {
  const { NOTES_EMAIL: email, NOTES_PASSWORD: password } = process.env;
  if (!email || !password) throw new Error('Set NOTES_EMAIL and NOTES_PASSWORD for the first run');
  const session = await guest.auth.login({ email, password, session: 'token' }, options);
  await writeJson(sessionFile, session);
  return session;
}

await mkdir(folder, { recursive: true });
const notes = guest.withSession((await readJson(sessionFile)) ?? (await signIn()), {
  // A refresh token works once: the new one is kept before it is used.
  onChange: (session) => writeJson(sessionFile, session),
});

/** What each note was when it was written. @type {Record<string, { revision: number, file: string }>} */
const kept = (await readJson(stateFile)) ?? {};
let [written, same] = [0, 0];
try {
  for await (const { id, title, revision } of notes.articles.list({ limit: 100 }, options)) {
    const before = kept[id];
    if (before?.revision === revision) {
      same += 1;
      continue;
    }
    const { content } = await notes.articles.get({ id }, options);
    const name = title.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60) || 'note';
    const file = `${name}-${id.slice(-12)}.md`;
    await writeFile(path.join(folder, file), content);
    // A new title is a new file.
    if (before && before.file !== file) await rm(path.join(folder, before.file), { force: true });
    kept[id] = { revision, file };
    written += 1;
  }
} catch (error) {
  if (!(error instanceof ApiError && error.code === 'session_revoked')) throw error;
  await writeJson(sessionFile, null);
  console.error('The session has ended; run this again with NOTES_EMAIL and NOTES_PASSWORD');
  process.exitCode = 1;
} finally {
  await writeJson(stateFile, kept);
}
console.log(`${written} written, ${same} unchanged`);
