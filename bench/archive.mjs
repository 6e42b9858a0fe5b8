// pnpm bench:archive [--notes 1000,10000,100000] [--source 2048]: export and import of archives in a real server, in notes
// a second, and how much its memory grows; `--source` is the size in MB of an archive of attachments, 0 for none. Writes
// docs/proof/bench-archive.md. Linux only: memory is read in /proc.
import {
  createWriteStream,
  mkdirSync,
  openAsBlob,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createClient } from '@ainotebook/sdk';
import { makeRunFolder, removeRunFolder } from '../packages/testkit/dist/run-folder.js';
import { createArchiveClient } from '../scripts/proof/archive-client.mjs';
import { openProofServer } from '../scripts/proof/server.mjs';
import { fillAccount, writeLargeArchive } from './archive-data.mjs';

const { values } = parseArgs({
  options: {
    notes: { type: 'string', default: '1000,10000,100000' },
    source: { type: 'string', default: '2048' },
  },
});
const sizes = values.notes.split(',').map(Number).filter(Boolean);
const sourceMb = Number(values.source);
const SAMPLE_MS = 100;
/** Loads what a first export and import load once. */
const WARM_UP = 2_000;

const folder = makeRunFolder();
const server = await openProofServer({
  env: {
    UPLOAD_DIR: path.join(folder, 'uploads'),
    MAX_IMPORT_SIZE: String(8 * 1024 ** 3),
    FILE_QUOTA: String(64 * 1024 ** 3),
  },
});
const { baseUrl } = server;
const guest = createClient({ baseUrl, maxRetries: 0, timeoutMs: 60_000 });

async function person(name) {
  const session = await guest.auth.register({
    email: `${name}@example.com`,
    password: 'a long enough password',
    displayName: name,
    session: 'token',
  });
  const token = session.accessToken;
  return { id: session.user.id, ...createArchiveClient({ baseUrl, token, waitMs: 3_600_000 }) };
}

const megabytes = (bytes) => Math.round(bytes / 1024 ** 2);

/** Resident memory of the server, in MB. */
function residentMb() {
  const status = readFileSync(`/proc/${server.pid()}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** @returns seconds, and by how many MB the server grew at the most */
async function watch(name, work) {
  const before = residentMb();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, residentMb());
  }, SAMPLE_MS);
  const began = performance.now();
  try {
    const result = await work();
    const seconds = (performance.now() - began) / 1000;
    console.log(`  ${name}: ${seconds.toFixed(1)} s, ${before.toFixed()} to ${most.toFixed()} MB`);
    return { result, seconds, growthMb: most - before };
  } finally {
    clearInterval(timer);
  }
}

/** What follows an import (search, links) is not measured with the next one. */
const untilIdle = () =>
  server.withDatabase(async (client) => {
    for (;;) {
      const { rows } = await client.query(
        'select count(*)::int as count from outbox where done_at is null and failed_at is null',
      );
      if (rows[0].count === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });

async function measureImport(name, file) {
  const heir = await person(name);
  const blob = await openAsBlob(file);
  const upload = await watch('upload', () => heir.upload(blob));
  const read = await watch('preview', heir.preview);
  const made = await watch('import', () => heir.import());
  const { counts } = made.result;
  if (counts.rejected > 0 || made.result.status !== 'done')
    throw new Error(`not imported: ${JSON.stringify(made.result)}`);
  return { upload, read, made, notes: counts.accepted };
}

async function measureSize(count) {
  const author = await person(`author${count}`);
  await fillAccount(server.databaseUrl(), author.id, count);
  await untilIdle();
  const file = path.join(folder, `${count}.zip`);
  const exported = await watch('export', author.exportReady);
  const { body } = await author.export();
  await pipeline(body, createWriteStream(file));
  const imported = await measureImport(`heir${count}`, file);
  if (imported.notes !== count) throw new Error(`${imported.notes} of ${count} notes came back`);
  return { count, size: statSync(file).size, exported, imported };
}

const rows = [];
const print = (cells) => {
  rows.push(cells);
  console.log(cells.join(' | '));
};
const perSecond = (count, { seconds }) => Math.round(count / seconds);

try {
  await server.start();
  await measureSize(WARM_UP);
  for (const count of sizes) {
    const { size, exported, imported } = await measureSize(count);
    print([
      `${count} notes, ${megabytes(size)} MB`,
      perSecond(count, exported),
      perSecond(count, imported.read),
      perSecond(count, imported.made),
      Math.round(exported.growthMb),
      Math.round(imported.read.growthMb),
      Math.round(imported.made.growthMb),
    ]);
  }
  if (sourceMb > 0) {
    const file = path.join(folder, 'large.zip');
    const { notes } = await writeLargeArchive(file, sourceMb * 1024 ** 2);
    await untilIdle();
    const { upload, read, made } = await measureImport('large', file);
    print([
      `${notes} notes, ${megabytes(statSync(file).size)} MB of attachments`,
      '',
      perSecond(notes, read),
      `${perSecond(notes, made)} (${Math.round(sourceMb / made.seconds)} MB/s; uploaded with ${Math.round(sourceMb / upload.seconds)} MB/s)`,
      '',
      Math.round(read.growthMb),
      Math.round(Math.max(upload.growthMb, made.growthMb)),
    ]);
  }
  write();
} finally {
  await server.close();
  removeRunFolder(folder);
}

function write() {
  const target = path.resolve(import.meta.dirname, '../docs/proof');
  mkdirSync(target, { recursive: true });
  const model = os.cpus()[0]?.model ?? 'unknown';
  writeFileSync(
    path.join(target, 'bench-archive.md'),
    `# Archives

Written by \`pnpm bench:archive\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${os.cpus().length} cores (${model.trim()}), ${os.platform()}.

One server with its embedded PostgreSQL, as \`npm start\` runs it, and its client on the same machine. Notes of some 600
characters in Chinese and English. Growth is that of the resident memory of the whole process, threads of the pool
included, from the beginning of the work to its highest point, after an export and an import of ${WARM_UP} notes; the aim is
less than 64 MB. Notes that were imported are indexed for search at the same time, by the same process.

| Archive | exported, notes/s | read for the preview, notes/s | imported, notes/s | growth of the export, MB | of the preview | of the import |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`,
  );
}
