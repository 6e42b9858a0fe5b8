import { type ImportWarning, LIMITS, utf8Length } from '@ainotebook/contract';
import {
  type Archive,
  createTargetIndex,
  type LinkPlace,
  type LinkTarget,
  openArchive,
  SourceError,
  type TargetIndex,
  writeLinks,
} from '@ainotebook/convert/places';
import { type Db, schema, type Tx } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { insertArticles, type NewArticle } from '../articles/articles.create.js';
import { lockLibrary } from '../articles/library-lock.js';
import { AppError } from '../errors.js';
import type { JobServices } from '../jobs.js';
import { type Attachment, createAttachments } from './attachments.js';
import { queueImport, runImport, SLICE_MS } from './import-jobs.js';
import { placeOf } from './import-notebooks.js';
import { findSession, lockSession, markDuplicates, type SessionRow } from './import-rows.js';
import { findSource, localSource } from './source-file.js';

const { importItems, importSessions, importSources } = schema;

/** Notes made in one transaction. */
const BATCH = 20;
const MAX_WARNINGS = 20;

type Services = Pick<JobServices, 'blobs' | 'config' | 'prepareImage' | 'nudgeJobs'>;
type ItemRow = typeof importItems.$inferSelect;

/** What a slice knows of the whole source. */
interface World {
  session: SessionRow;
  index: TargetIndex;
  /** Titles of the notes by their paths. */
  titles: ReadonlyMap<string, string>;
  attach: ((path: string) => Promise<Attachment>) | null;
}

/** One run of the job: batches of notes until the slice is over. */
export async function runSlice(services: Services, run: JobRun, sessionId: string): Promise<void> {
  const session = await findSession(run.db, sessionId);
  if (session?.status !== 'running') return;
  const archive = await openSource(services, run, session);
  try {
    const world = await openWorld(services, run, session, archive);
    const endsAt = performance.now() + SLICE_MS;
    for (;;) {
      run.signal.throwIfAborted();
      const items = await nextItems(run.db, session.id);
      if (items.length === 0) break;
      const drafts: Draft[] = [];
      for (const item of items) drafts.push(await toDraft(item, world));
      if (!(await makeNotes(run, session.id, drafts))) return;
      services.nudgeJobs();
      if (performance.now() > endsAt) {
        await run.db.transaction((tx) => queueImport(tx, runImport, session.id));
        services.nudgeJobs();
        return;
      }
    }
  } finally {
    archive?.close();
  }
  await finish(run.db, session.id);
}

/** The archive with the attachments; null where there is none. */
async function openSource(
  services: Services,
  run: JobRun,
  session: SessionRow,
): Promise<Archive | null> {
  const source = await findSource(run.db, session.id);
  if (!source || source.pageUrl !== null) return null;
  try {
    return await openArchive(await localSource(services, source));
  } catch (error) {
    // A single document, or bytes that are gone: the texts are read already.
    if (error instanceof SourceError) return null;
    throw error;
  }
}

async function openWorld(
  services: Services,
  run: JobRun,
  session: SessionRow,
  archive: Archive | null,
): Promise<World> {
  const notes = await run.db
    .select({ path: importItems.path, title: importItems.title })
    .from(importItems)
    .where(
      and(
        eq(importItems.sessionId, session.id),
        inArray(importItems.result, ['pending', 'accepted', 'duplicate']),
      ),
    );
  const titles = new Map(notes.map(({ path, title }) => [path, title]));
  const files = archive ? archive.entries.keys() : [];
  return {
    session,
    titles,
    index: createTargetIndex([...titles.keys(), ...files]),
    attach: archive && createAttachments(services, run, { archive, userId: session.userId }),
  };
}

function nextItems(db: Db, sessionId: string): Promise<ItemRow[]> {
  return db
    .select()
    .from(importItems)
    .where(and(eq(importItems.sessionId, sessionId), eq(importItems.result, 'pending')))
    .orderBy(asc(importItems.position))
    .limit(BATCH);
}

/** A note ready to be made. */
interface Draft {
  item: ItemRow;
  content: string;
  warnings: ImportWarning[];
}

/** Follows the links of an item; its attachments are ours when this returns. */
async function toDraft(item: ItemRow, world: World): Promise<Draft> {
  const markdown = item.content ?? '';
  // Written by `toRow` from what the reader found.
  const links = item.links as LinkPlace[];
  const found = new Map<LinkPlace, LinkTarget>();
  for (const place of links) found.set(place, await follow(place, item, world));
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

function distinct(warnings: readonly ImportWarning[]): ImportWarning[] {
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}

async function follow(place: LinkPlace, item: ItemRow, world: World): Promise<LinkTarget> {
  const { form, target } = place;
  const path = world.index.find(item.path, target);
  const title = path === null ? undefined : world.titles.get(path);
  if (title !== undefined && title !== '') return { kind: 'note', title };
  const detail = target.slice(0, 200);
  if (path !== null && title === undefined && world.attach) return world.attach(path);
  const isFile = form === 'image' || form === 'embed' || form === 'html';
  const code = isFile ? 'attachment_missing' : 'link_unresolved';
  return { kind: 'none', warning: { code, detail } };
}

/** Makes the notes in one transaction, and with them what is known of their items. @returns false when it was told to stop */
async function makeNotes(
  run: JobRun,
  sessionId: string,
  drafts: readonly Draft[],
): Promise<boolean> {
  try {
    return await run.db.transaction((tx) => writeNotes(tx, sessionId, drafts, true));
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'limit_reached')) throw error;
    // The person has as many tags as there may be: the notes come without theirs.
    return run.db.transaction((tx) => writeNotes(tx, sessionId, drafts, false));
  }
}

async function writeNotes(
  tx: Tx,
  sessionId: string,
  drafts: readonly Draft[],
  withTags: boolean,
): Promise<boolean> {
  const session = await lockSession(tx, sessionId, 'running');
  if (!session) return false;
  await lockLibrary(tx, session.userId);
  // Another run may have made some of them while this one followed links; and of two that are the
  // same in one source only the first becomes a note.
  const ids = drafts.map(({ item }) => item.id);
  await markDuplicates(tx, sessionId, ids);
  const open = await tx
    .select({ id: importItems.id })
    .from(importItems)
    .where(and(inArray(importItems.id, ids), eq(importItems.result, 'pending')));
  const pending = new Set(open.map(({ id }) => id));
  const hashes = new Set<string>();
  const articles: NewArticle[] = [];
  for (const { item, content, warnings } of drafts) {
    if (!pending.has(item.id)) continue;
    const hash = item.sourceHash ?? item.id;
    if (hashes.has(hash)) {
      await settle(tx, item.id, { result: 'duplicate' });
      continue;
    }
    hashes.add(hash);
    const place = await placeOf(tx, session, item.notebooks);
    if (place.isFull) warnings.push({ code: 'folders_full', detail: null });
    if (!withTags && item.tags.length > 0) warnings.push({ code: 'tags_left_out', detail: null });
    articles.push({
      id: item.id,
      title: item.title,
      content,
      notebookId: place.notebookId,
      tags: withTags ? item.tags : [],
      ...(item.notedAt ? { createdAt: item.notedAt } : {}),
      ...(item.changedAt ? { updatedAt: item.changedAt } : {}),
    });
  }
  if (articles.length > 0) await insertArticles(tx, session.userId, articles);
  for (const { item, warnings } of drafts) {
    if (!articles.some(({ id }) => id === item.id)) continue;
    await settle(tx, item.id, { result: 'accepted', articleId: item.id, warnings });
  }
  await tx
    .update(importSessions)
    .set({ updatedAt: sql`now()` })
    .where(eq(importSessions.id, sessionId));
  return true;
}

function settle(
  tx: Tx,
  id: string,
  changes: Partial<typeof importItems.$inferInsert>,
): Promise<unknown> {
  // The text is in its note now.
  return tx
    .update(importItems)
    .set({ ...changes, content: null, links: [] })
    .where(eq(importItems.id, id));
}

/** Nothing is left to do: the bytes of the source are needed no more. */
async function finish(db: Db, sessionId: string): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await lockSession(tx, sessionId, 'running'))) return;
    await tx.delete(importSources).where(eq(importSources.sessionId, sessionId));
    await tx
      .update(importSessions)
      .set({ status: 'done', finishedAt: sql`now()` })
      .where(eq(importSessions.id, sessionId));
  });
}
