// Proof: kill -9 of the server while files are uploaded leaves no half file and no bytes that no row names.
//   node scripts/proof/uploads.proof.mjs [--short] [--seed N]     (build first)
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '@ainotebook/sdk';
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

const random = seededRandom(Number(values.seed));
const { say, isKept } = openVerdicts();
const uploads = makeRunFolder();
const server = await openProofServer({ env: { UPLOAD_DIR: uploads } });
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Bytes that are taken for a PDF. */
const file = () =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(1_000 + Math.floor(random() * LARGEST))]);

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
    const before = answered.size;
    for (let i = 0; i < 500 && answered.size === before; i++) await sleep(20);
    await sleep(random() * LONGEST_WAIT_MS);
    await server.kill();
    isOver = true;
    await Promise.all(senders);
    await server.start();
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
