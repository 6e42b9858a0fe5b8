import { setImmediate as nextTurn } from 'node:timers/promises';
import { LIMITS, utf8Length } from '@ainotebook/contract';
import { type LinkPlace, type LinkTarget, writeLinks } from '@ainotebook/convert/places';
import { type Db, schema } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { and, asc, between, eq, sql } from 'drizzle-orm';
import { collectNow } from '../files/collect-blobs.js';
import { emitWebhooks } from '../webhooks/emit.js';
import { queueImport, runImport, SLICE_MS } from './import-jobs.js';
import { findSession, lockSession, readSession } from './import-rows.js';
import { type ItemRow, openSource, openWorld, type Services, type World } from './import-world.js';
import { type Draft, makeNotes } from './make-notes.js';
import { keepOwnFiles } from './own-files.js';
import { isRemote } from './remote-pictures.js';
import { releaseBytes } from './source-file.js';

const { importItems, importSessions } = schema;

/** Notes made in one transaction, and UTF-8 bytes of their texts, unless one alone is longer. */
const BATCH_NOTES = 100;
const BATCH_BYTES = 1_000_000;
const MAX_WARNINGS = 20;
/** Links that are followed before others get a turn: a note may have thousands, and this runs where requests do. */
const LINKS_AT_ONCE = 50;

/** One run of the job: batches of notes until the slice is over. */
export async function runSlice(services: Services, run: JobRun, sessionId: string): Promise<void> {
  const session = await findSession(run.db, sessionId);
  if (session?.status !== 'running') return;
  const archive = await openSource(services, run, session);
  try {
    const world = await openWorld(services, run, session, archive);
    if (world && (await makeAll(services, run, world))) {
      await finish(services, run.db, session.id);
      services.nudgeJobs();
    }
  } finally {
    archive?.close();
  }
}

/** @returns false when another run goes on, or none */
async function makeAll(services: Services, run: JobRun, world: World): Promise<boolean> {
  const { session, attach, attachments } = world;
  const endsAt = performance.now() + SLICE_MS;
  for (;;) {
    run.signal.throwIfAborted();
    const items = await nextItems(run.db, session.id);
    if (items.length === 0) break;
    const drafts: Draft[] = [];
    for (const item of items) {
      drafts.push(await toDraft(run, item, world));
      // Pictures from the web take their time; the other items are made later.
      if (performance.now() > endsAt) break;
    }
    if (!(await makeNotes(run.db, services.config, world, drafts))) return false;
    services.nudgeJobs();
    if (performance.now() > endsAt) {
      await run.db.transaction((tx) => queueImport(tx, runImport, session.id));
      services.nudgeJobs();
      return false;
    }
  }
  const isDone = !attach || (await keepOwnFiles(run, { session, attachments, attach, endsAt }));
  services.nudgeJobs();
  return isDone;
}

/** The next items that are open, by their sizes first: texts are long, and many of them would not fit. */
async function nextItems(db: Db, sessionId: string): Promise<ItemRow[]> {
  const open = and(eq(importItems.sessionId, sessionId), eq(importItems.result, 'pending'));
  const sizes = await db
    .select({
      position: importItems.position,
      bytes: sql<number>`coalesce(octet_length(${importItems.content}), 0)`,
    })
    .from(importItems)
    .where(open)
    .orderBy(asc(importItems.position))
    .limit(BATCH_NOTES);
  let bytes = 0;
  const [first, ...fitting] = sizes.filter((size, i) => {
    bytes += size.bytes;
    return i === 0 || bytes <= BATCH_BYTES;
  });
  if (!first) return [];
  const last = fitting.at(-1) ?? first;
  return db
    .select()
    .from(importItems)
    .where(and(open, between(importItems.position, first.position, last.position)))
    .orderBy(asc(importItems.position));
}

/** Follows the links of an item; its attachments are ours when this returns. */
async function toDraft(run: JobRun, item: ItemRow, world: World): Promise<Draft> {
  const markdown = item.content ?? '';
  // Written by `toRow` from what the reader found.
  const links = item.links as LinkPlace[];
  const found = new Map<LinkPlace, LinkTarget>();
  const remote = links.filter(({ target }) => isRemote(target));
  const pictures = await world.fetchPictures(remote.map(({ target }) => target));
  for (const [i, place] of links.entries()) {
    if (i % LINKS_AT_ONCE === LINKS_AT_ONCE - 1) {
      await nextTurn();
      run.signal.throwIfAborted();
    }
    found.set(place, pictures.get(place.target) ?? (await follow(place, item, world)));
  }
  const missing: LinkTarget = {
    kind: 'none',
    warning: { code: 'link_unresolved', detail: null },
  };
  const written = writeLinks({ markdown, links }, (place) => found.get(place) ?? missing);
  const isTooLong = utf8Length(written.markdown) > LIMITS.contentBytes;
  return {
    item,
    // Titles longer than the paths that stood for them: the links stay as they were.
    content: isTooLong ? markdown : written.markdown,
    warnings: [...item.warnings, ...distinct(written.warnings)].slice(0, MAX_WARNINGS),
  };
}

function distinct<T>(warnings: readonly T[]): T[] {
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}

async function follow(place: LinkPlace, item: ItemRow, world: World): Promise<LinkTarget> {
  const { form, target } = place;
  // Of an archive of ours the path itself is known; with all its notes the directory would be large.
  if (item.noteId !== null && world.attach) return world.attach(target);
  const { index, titles } = await world.directory();
  const path = index.find(item.path, target);
  const title = path === null ? undefined : titles.get(path);
  if (title !== undefined && title !== '') return { kind: 'note', title };
  const detail = target.slice(0, 200);
  if (path !== null && title === undefined && world.attach) return world.attach(path);
  const isFile = form === 'image' || form === 'embed' || form === 'html';
  const code = isFile ? 'attachment_missing' : 'link_unresolved';
  return { kind: 'none', warning: { code, detail } };
}

/** Nothing is left to do: the bytes of the source are needed no more. */
async function finish(
  { blobs }: Pick<Services, 'blobs'>,
  db: Db,
  sessionId: string,
): Promise<void> {
  const hashes = await db.transaction(async (tx) => {
    const locked = await lockSession(tx, sessionId, 'running');
    if (!locked) return [];
    const held = await releaseBytes(tx, sessionId);
    await tx
      .update(importSessions)
      .set({ status: 'done', finishedAt: sql`now()` })
      .where(eq(importSessions.id, sessionId));
    const { userId, sourceName: source } = locked;
    const { counts } = await readSession(tx, userId, sessionId);
    const data = { importId: sessionId, source, notes: counts.accepted, rejected: counts.rejected };
    await emitWebhooks(tx, [userId], [{ type: 'import.finished', data }]);
    return held;
  });
  await collectNow({ db, blobs }, hashes);
}
