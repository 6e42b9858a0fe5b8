import type { ImportWarning } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { roomForArticles } from '../articles/article-room.js';
import { isAnyOf } from '../articles/article-rows.js';
import { insertArticles, type NewArticle } from '../articles/articles.create.js';
import { lockLibrary } from '../articles/library-lock.js';
import type { ApiConfig } from '../context.js';
import { AppError } from '../errors.js';
import { placeOf } from './import-notebooks.js';
import { lockSession, markDuplicates } from './import-rows.js';
import type { ItemRow, World } from './import-world.js';

const { importItems, importSessions } = schema;

/** A note ready to be made. */
export interface Draft {
  item: ItemRow;
  content: string;
  warnings: ImportWarning[];
}

interface Made extends Draft {
  article: NewArticle;
}

/** Makes the notes in one transaction, and with them what is known of their items. @returns false when it was told to stop */
export async function makeNotes(
  db: Db,
  config: Pick<ApiConfig, 'articleQuota'>,
  world: World,
  drafts: readonly Draft[],
): Promise<boolean> {
  const write = (withTags: boolean) =>
    db.transaction((tx) => writeNotes(tx, { config, world, drafts, withTags }));
  try {
    return await write(true);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'limit_reached')) throw error;
    // The person has as many tags as there may be: the notes come without theirs.
    return write(false);
  }
}

interface Writing {
  config: Pick<ApiConfig, 'articleQuota'>;
  world: World;
  drafts: readonly Draft[];
  withTags: boolean;
}

async function writeNotes(tx: Tx, { config, world, drafts, withTags }: Writing): Promise<boolean> {
  const session = await lockSession(tx, world.session.id, 'running');
  if (!session) return false;
  await lockLibrary(tx, session.userId);
  // Another run may have made some of them while this one followed links; and of two that are the
  // same in one source only the first becomes a note.
  const ids = drafts.map(({ item }) => item.id);
  await markDuplicates(tx, session.id, ids);
  const open = await tx
    .select({ id: importItems.id })
    .from(importItems)
    .where(and(inArray(importItems.id, ids), eq(importItems.result, 'pending')));
  const pending = new Set(open.map(({ id }) => id));
  const taken = await takenIds(tx, drafts);
  const hashes = new Set<string>();
  const duplicates: string[] = [];
  const unmade: string[] = [];
  const notes: Made[] = [];
  const room = await roomForArticles(tx, config, session.userId);
  for (const draft of drafts) {
    const { item, content, warnings } = draft;
    if (!pending.has(item.id)) continue;
    const hash = item.sourceHash ?? item.id;
    if (hashes.has(hash)) {
      duplicates.push(item.id);
      continue;
    }
    if (notes.length >= room) {
      unmade.push(item.id);
      continue;
    }
    hashes.add(hash);
    const place =
      world.places.get(folderOf(item.path)) ?? (await placeOf(tx, session, item.notebooks));
    if (place.isFull) warnings.push({ code: 'folders_full', detail: null });
    if (!withTags && item.tags.length > 0) warnings.push({ code: 'tags_left_out', detail: null });
    const id = item.noteId === null || taken.has(item.noteId) ? item.id : item.noteId;
    taken.add(id);
    const article = {
      id,
      title: item.title,
      content,
      notebookId: place.notebookId,
      tags: withTags ? item.tags : [],
      isPinned: item.isPinned,
      isArchived: item.isArchived,
      aiDeclared: item.aiDeclared,
      ...(item.notedAt ? { createdAt: item.notedAt } : {}),
      ...(item.changedAt ? { updatedAt: item.changedAt } : {}),
    };
    notes.push({ ...draft, article });
  }
  const articles = notes.map(({ article }) => article);
  const created =
    articles.length > 0 ? await insertArticles(tx, session.userId, articles) : new Set<string>();
  // An id that was taken in this very moment: the item is still open, and gets its own.
  await accept(
    tx,
    notes.filter(({ article }) => created.has(article.id)),
  );
  if (duplicates.length > 0)
    await tx
      .update(importItems)
      .set({ result: 'duplicate', content: null, links: [] })
      .where(isAnyOf(importItems.id, duplicates));
  if (unmade.length > 0)
    await tx
      .update(importItems)
      .set({ result: 'rejected', reason: 'notes_full', content: null, links: [] })
      .where(isAnyOf(importItems.id, unmade));
  await tx
    .update(importSessions)
    .set({ updatedAt: sql`now()` })
    .where(eq(importSessions.id, session.id));
  return true;
}

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Which of the ids that an archive gives are notes already, whoever's and wherever. */
async function takenIds(tx: Tx, drafts: readonly Draft[]): Promise<Set<string>> {
  const ids = drafts.flatMap(({ item }) => item.noteId ?? []);
  if (ids.length === 0) return new Set();
  const { articles } = schema;
  const rows = await tx.select({ id: articles.id }).from(articles).where(isAnyOf(articles.id, ids));
  return new Set(rows.map(({ id }) => id));
}

/** Says of items which notes they are, where their texts are now; of all in one statement. */
async function accept(tx: Tx, notes: readonly Made[]): Promise<void> {
  if (notes.length === 0) return;
  await tx.execute(sql`
    update import_items i
    set result = 'accepted', article_id = made.article_id, warnings = made.warnings::jsonb,
      content = null, links = '[]'
    from unnest(
      ${sql.param(notes.map(({ item }) => item.id))}::uuid[],
      ${sql.param(notes.map(({ article }) => article.id))}::uuid[],
      ${sql.param(notes.map(({ warnings }) => JSON.stringify(warnings)))}::text[]
    ) as made(id, article_id, warnings)
    where i.id = made.id`);
}
