// Proof: kill -9 of the server while archives are made and imported: both go on and end, no note is half or there twice,
// and no bytes are kept that no row names.
//   node scripts/proof/archives.proof.mjs [--short] [--seed N]     (build first)
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '@ainotebook/sdk';
import { makeRunFolder, removeRunFolder } from '../../packages/testkit/dist/run-folder.js';
import { createArchiveClient } from './archive-client.mjs';
import { seededRandom } from './random.mjs';
import { openProofServer } from './server.mjs';
import { openVerdicts } from './verdicts.mjs';

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } },
});
/** One of the import, one of the export. */
const ROUNDS = values.short ? 2 : 25;
const NOTES = values.short ? 200 : 600;
const FILES = 12;

const random = seededRandom(Number(values.seed));
const { say, isKept } = openVerdicts();
const uploads = makeRunFolder();
const server = await openProofServer({ env: { UPLOAD_DIR: uploads } });
const { baseUrl } = server;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const guest = createClient({ baseUrl, maxRetries: 0, timeoutMs: 20_000 });

async function person(name) {
  const session = await guest.auth.register({
    email: `${name}@example.com`,
    password: 'a long enough password',
    displayName: name,
    session: 'token',
  });
  return {
    notes: guest.withSession(session),
    archives: createArchiveClient({ baseUrl, token: session.accessToken }),
  };
}

/** An account with a tree of notebooks, notes that show files, and files that no note shows. */
async function author() {
  const { notes, archives } = await person('author');
  const notebooks = [];
  for (let i = 0; i < 20; i += 1) {
    const parentId = i % 3 === 0 ? null : notebooks[Math.floor(random() * i)];
    notebooks.push(
      (await archives.tell('notebooks.create', { name: `第 ${i % 7} 册`, parentId })).id,
    );
  }
  const urls = [];
  for (let i = 0; i < FILES; i += 1) {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(100_000)]);
    urls.push((await notes.files.upload(bytes, { name: `${i}.pdf` })).url);
  }
  const items = Array.from({ length: NOTES }, (_, i) => ({
    title: `第 ${i} 篇`,
    content: `[附件](${urls[i % (FILES - 2)]}) [[第 ${(i * 7) % NOTES} 篇]]\n\n${`段落 ${i}。`.repeat(40)}`,
    notebookId: notebooks[i % 25] ?? null,
    tags: [`标签 ${i % 9}`],
  }));
  for (let i = 0; i < NOTES; i += 100)
    await archives.tell('articles.createMany', { items: items.slice(i, i + 100) });
  return archives;
}

/** What two exports of the same notes share, byte by byte: all but the manifest, which names the time. */
const withoutManifest = (zip) =>
  zip.subarray(0, zip.lastIndexOf('PK\x03\x04', undefined, 'latin1'));

const bytesOf = async (answer) => Buffer.from(await (await answer).arrayBuffer());

/** As when the lease of a dead process has run out; in the proof nobody waits for that. */
const endLeases = () =>
  server.query(
    'update outbox set next_at = now(), run_until = null where done_at is null and failed_at is null',
  );

/**
 * Begins some work, kills the server in the midst of it, and has the work go on.
 * @returns {Promise<{ result: unknown, wasCut: boolean }>}
 */
async function killDuring(longestMs, work) {
  let isOver = false;
  const first = work().then(
    () => true,
    () => false,
  );
  first.finally(() => {
    isOver = true;
  });
  await sleep(random() * longestMs);
  const wasCut = !isOver;
  await server.kill();
  await first;
  await server.start();
  await endLeases();
  return { result: await work(), wasCut };
}

/** The names of all that is kept. */
const keptNames = () =>
  readdirSync(uploads)
    .filter((name) => /^[\da-f]{2}$/.test(name))
    .flatMap((folder) => readdirSync(path.join(uploads, folder)));

async function timed(work) {
  const begunAt = performance.now();
  await work();
  return performance.now() - begunAt;
}

try {
  await server.start();
  const source = await author();
  const original = await bytesOf(source.export());
  const archive = new Blob([original]);
  const expected = withoutManifest(original);
  const calm = await person('calm');
  const importMs = await timed(() => calm.archives.import(archive));
  const exportMs = await timed(() => bytesOf(calm.archives.export()));

  const found = { importsCut: 0, exportsCut: 0, unfinished: 0, differing: 0 };
  const at = new Map();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { archives } = await person(`heir${round}`);
    let status = 'uploading';
    const seen = (now) => {
      status = now;
    };
    let killedAt;
    const imported = await killDuring(importMs, async () => {
      try {
        return await archives.import(archive, seen);
      } finally {
        killedAt ??= status;
      }
    });
    at.set(killedAt, (at.get(killedAt) ?? 0) + 1);
    const { counts, status: end } = imported.result;
    if (end !== 'done' || counts.accepted !== NOTES) found.unfinished += 1;
    const exported = await killDuring(exportMs, () => bytesOf(archives.export()));
    if (!withoutManifest(exported.result).equals(expected)) found.differing += 1;
    found.importsCut += Number(imported.wasCut);
    found.exportsCut += Number(exported.wasCut);
  }

  // The server has made a demo besides.
  const ours = "user_id in (select id from users where email <> 'demo@example.com')";
  const people = ROUNDS + 2;
  const count = async (text) => (await server.query(text))[0].count;
  const notes = await count(`select count(*)::int from articles where ${ours}`);
  const twice = await count(
    `select count(*)::int from (
       select 1 from articles where ${ours} group by user_id, title having count(*) > 1) t`,
  );
  const notebooks = await count(`select count(*)::int from notebooks where ${ours}`);
  const blobs = await server.query('select sha256, size::int as size, refs from blobs');
  const fileOf = (hash) => path.join(uploads, hash.slice(0, 2), hash);
  const isWhole = ({ sha256: hash, size }) => {
    if (!existsSync(fileOf(hash))) return false;
    const bytes = readFileSync(fileOf(hash));
    return bytes.length === size && sha256(bytes) === hash;
  };
  const half = blobs.filter((row) => row.refs > 0 && !isWhole(row)).length;
  const named = new Set(blobs.map((row) => row.sha256));
  const orphans = keptNames().filter((name) => !named.has(name)).length;
  const sources = await count('select count(*)::int from import_sources');
  const open = await count(
    `select count(*)::int from outbox
     where (topic like 'imports.%' or topic like 'exports.%') and (done_at is null or failed_at is not null)`,
  );

  const { importsCut, exportsCut, unfinished, differing } = found;
  say(
    'an import that was cut off by kill -9 goes on and ends',
    { kills: ROUNDS, cut: importsCut, ...Object.fromEntries(at), unfinished },
    unfinished === 0 && importsCut > 0,
  );
  say(
    'no note and no notebook is missing or there twice',
    { notes, of: people * NOTES, twice, notebooks, ofNotebooks: people * 20 },
    notes === people * NOTES && twice === 0 && notebooks === people * 20,
  );
  say(
    'an export that was cut off goes on, and gives the bytes that were imported',
    { kills: ROUNDS, cut: exportsCut, differing },
    differing === 0 && exportsCut > 0,
  );
  say(
    'nothing is kept half, nothing that no row names, and no source longer than its import',
    { blobs: blobs.length, half, orphans, sources },
    half === 0 && orphans === 0 && sources === 0,
  );
  say('nothing is left undone', { open }, open === 0);
} finally {
  await server.close();
  removeRunFolder(uploads);
}
process.exitCode = isKept() ? 0 : 1;
