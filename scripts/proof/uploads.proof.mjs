// Proof: kill -9 of the server while files are uploaded leaves no half file and no bytes that no row names, and a large
// import that comes in parts goes on and is what was sent.
//   node scripts/proof/uploads.proof.mjs [--short] [--seed N]     (build first)
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '@ainotebook/sdk';
import { makeZip } from '../../packages/testkit/dist/index.js';
import { makeRunFolder, removeRunFolder } from '../../packages/testkit/dist/run-folder.js';
import { seededRandom } from './random.mjs';
import { openProofServer } from './server.mjs';
import { openVerdicts } from './verdicts.mjs';

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } },
});
const KILLS = values.short ? 4 : 50;
const AT_ONCE = 6;
const LONGEST_WAIT_MS = 600;
const LARGEST = 2_000_000;
/** Four parts. */
const ARCHIVE = 14_000_000;

const random = seededRandom(Number(values.seed));
const { say, isKept } = openVerdicts();
const uploads = makeRunFolder();
const server = await openProofServer({ env: { UPLOAD_DIR: uploads } });
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Bytes that are taken for a PDF. */
const file = () =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(1_000 + Math.floor(random() * LARGEST))]);

/** Those of jobs that the dead process ran, which would be waited for. */
const endLeases = () =>
  server.query(
    'update outbox set next_at = now(), run_until = null where done_at is null and failed_at is null',
  );

/** Bytes that are taken for an archive with a note. */
const vault = () =>
  makeZip([
    { name: 'a.md', data: 'a' },
    { name: 'x.pdf', data: randomBytes(ARCHIVE), method: 0 },
  ]);

/** The names of all that is kept. */
function keptNames() {
  return readdirSync(uploads)
    .filter((name) => /^[\da-f]{2}$/.test(name))
    .flatMap((folder) => readdirSync(path.join(uploads, folder)));
}

const fileOf = (hash) => path.join(uploads, hash.slice(0, 2), hash);

try {
  await server.start();
  const guest = createClient({ baseUrl: server.baseUrl, maxRetries: 0, timeoutMs: 20_000 });
  const account = { email: 'files@example.com', password: 'a long enough password' };
  const session = await guest.auth.register({
    ...account,
    displayName: 'files',
    session: 'token',
  });
  const notes = guest.withSession(session);
  const answered = new Map();
  let lost = 0;
  const parts = { cut: 0, differing: 0 };

  /** Sends an archive in parts, whatever happens to the server meanwhile. */
  function sendArchive() {
    const bytes = vault();
    const sending = { received: 0, isWhole: false };
    const onProgress = (received) => {
      sending.received = received;
    };
    const options = { name: 'vault.zip', onProgress, maxRetries: 100 };
    // Announced before the kill: until then there is nothing to go on with.
    const announced = notes.imports.receive({ name: 'vault.zip', size: bytes.length });
    const ended = announced
      .then(({ id }) => notes.imports.upload(bytes, { ...options, importId: id }))
      .then(async ({ id }) => {
        sending.isWhole = true;
        let session;
        do {
          await sleep(50);
          session = await notes.imports.get({ id });
        } while (session.status === 'receiving' || session.status === 'reading');
        const [row] = await server.query(
          `select sha256 from import_sources where session_id = '${id}'`,
        );
        const hash = sha256(bytes);
        const isSame = row?.sha256 === hash && sha256(readFileSync(fileOf(hash))) === hash;
        if (session.status !== 'ready' || !isSame) parts.differing += 1;
        await notes.imports.remove({ id });
      });
    return { sending, announced, ended };
  }

  for (let kill = 0; kill < KILLS; kill++) {
    let isOver = false;
    const senders = Array.from({ length: AT_ONCE }, async () => {
      while (!isOver) {
        const bytes = file();
        try {
          const { id } = await notes.files.upload(bytes, { maxRetries: 0 });
          answered.set(id, sha256(bytes));
        } catch {
          lost += 1;
          await sleep(5);
        }
      }
    });
    const archive = sendArchive();
    await archive.announced;
    const before = answered.size;
    for (let i = 0; i < 500 && answered.size === before; i++) await sleep(20);
    // Every other kill comes while the archive does; the rest at any moment.
    const isAimed = kill % 2 === 0;
    for (let i = 0; isAimed && i < 5_000 && archive.sending.received === 0; i++) await sleep(1);
    await sleep(isAimed ? random() * 20 : random() * LONGEST_WAIT_MS);
    if (!archive.sending.isWhole && archive.sending.received > 0) parts.cut += 1;
    await server.kill();
    isOver = true;
    await Promise.all(senders);
    await server.start();
    await endLeases();
    await archive.ended;
  }

  const files = await server.query('select id, sha256, size::int as size from files');
  const blobs = await server.query('select sha256, refs from blobs');
  const isWhole = ({ sha256: hash, size }) => {
    if (!existsSync(fileOf(hash))) return false;
    const bytes = readFileSync(fileOf(hash));
    return bytes.length === size && sha256(bytes) === hash;
  };
  const rows = new Map(files.map((row) => [row.id, row]));
  const missing = [...answered].filter(([id, hash]) => rows.get(id)?.sha256 !== hash).length;
  const half = files.filter((row) => !isWhole(row)).length;
  const named = new Set(blobs.map((row) => row.sha256));
  const orphans = keptNames().filter((name) => !named.has(name)).length;
  const count = (hash) => files.filter((row) => row.sha256 === hash).length;
  const miscounted = blobs.filter((row) => row.refs !== count(row.sha256)).length;
  const { usedBytes } = await notes.files.usage();
  const sum = files.reduce((bytes, row) => bytes + row.size, 0);

  const figure = { kills: KILLS, answered: answered.size, cut: lost };
  say(
    'after kill -9 every upload that was answered is there, whole',
    { ...figure, missing },
    missing === 0 && answered.size > 0 && lost > 0,
  );
  say(
    'an import in parts goes on after each kill -9, and is byte for byte what was sent',
    { kills: KILLS, ...parts },
    parts.differing === 0 && parts.cut > 0,
  );
  say('and no file is half or without its bytes', { files: files.length, half }, half === 0);
  say('nothing is kept that no row names', { kept: keptNames().length, orphans }, orphans === 0);
  say(
    'references and quota are counted right',
    { miscounted, usedBytes, sum },
    miscounted === 0 && usedBytes === sum,
  );
} finally {
  await server.close();
  removeRunFolder(uploads);
}
process.exitCode = isKept() ? 0 : 1;
