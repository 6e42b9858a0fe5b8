import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { NotebookTree } from '../notebooks/notebook-tree.js';
import { readDeclared } from '../provenance/ai-level.js';
import { archiveId } from './archive-ids.js';

const { articles, files, notebooks } = schema;

/** What is to be exported. */
export interface ExportScope {
  userId: string;
  kind: 'everything' | 'notebook' | 'account';
  notebookId: string | null;
}

/** Bytes and number of the notes that are read at once. */
const BATCH_BYTES = 2_000_000;
const BATCH_NOTES = 100;

const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);

/**
 * What an export holds, without the texts, in an order that follows from ids and hashes alone: the
 * notebooks, batches of ids of notes, and the files.
 */
export async function planExport(tx: Tx, { userId, kind, notebookId }: ExportScope) {
  const all = await tx
    .select({
      id: notebooks.id,
      parentId: notebooks.parentId,
      name: notebooks.name,
      position: notebooks.position,
    })
    .from(notebooks)
    .where(eq(notebooks.userId, userId));
  const tree = new NotebookTree(all);
  const isOne = kind === 'notebook';
  const roots = isOne ? [notebookId ?? ''] : tree.childrenOf(null).map(({ id }) => id);
  const named = new Map(all.map((notebook) => [notebook.id, notebook]));
  const kept = roots.flatMap((id) => tree.subtree(id)).flatMap((id) => named.get(id) ?? []);
  const ids = kept.map(({ id }) => id);
  const inside = new Set(ids);
  const inScope = and(
    eq(articles.userId, userId),
    isNull(articles.deletedAt),
    isOne ? sql`${articles.notebookId} = any(${sql.param(ids)}::uuid[])` : undefined,
  );
  const notes = await tx
    .select({ id: articles.id, bytes: sql<number>`octet_length(${articles.content})` })
    .from(articles)
    .where(inScope);
  // The texts of a notebook say which files they show; the index of that may be behind.
  const shown = sql`${files.id}::text in (
    select lower(m[1]) from ${articles},
      regexp_matches(${articles.content}, '/api/files/([0-9a-f-]{36})', 'gi') m
    where ${inScope})`;
  const attached = await readAttachments(tx, userId, isOne ? shown : undefined);
  return {
    notebooks: kept.map(({ id, parentId, name }) => ({
      id: archiveId(userId, id),
      // The notebook that is exported stands at the top.
      parentId: parentId && inside.has(parentId) ? archiveId(userId, parentId) : null,
      name,
    })),
    noteCount: notes.length,
    batches: inBatches(
      notes.map((note) => ({ ...note, key: archiveId(userId, note.id) })).sort(byKey),
    ),
    files: attached,
  };
}

function inBatches(notes: readonly { id: string; bytes: number }[]): string[][] {
  const batches: string[][] = [];
  let bytes = BATCH_BYTES;
  for (const note of notes) {
    const last = batches.at(-1);
    if (!last || last.length >= BATCH_NOTES || bytes + note.bytes > BATCH_BYTES) {
      batches.push([note.id]);
      bytes = note.bytes;
    } else {
      last.push(note.id);
      bytes += note.bytes;
    }
  }
  return batches;
}

/** The notes of a batch, in its order. */
export async function readNotes(tx: Db | Tx, userId: string, ids: readonly string[]) {
  const { publications, slugs } = schema;
  const rows = await tx
    .select({
      id: articles.id,
      notebookId: articles.notebookId,
      title: articles.title,
      content: articles.content,
      tags: sql<string[]>`array(
        select t.name from article_tags at join tags t on t.id = at.tag_id
        where at.article_id = "articles"."id" order by t.name collate "C")`,
      status: articles.status,
      isPinned: articles.isPinned,
      aiDeclared: articles.aiDeclared,
      createdAt: articles.createdAt,
      updatedAt: articles.updatedAt,
      slug: slugs.slug,
      visibility: publications.visibility,
      publishedAt: publications.publishedAt,
    })
    .from(articles)
    .leftJoin(
      publications,
      and(eq(publications.articleId, articles.id), isNull(publications.withdrawnAt)),
    )
    .leftJoin(slugs, and(eq(slugs.articleId, publications.articleId), eq(slugs.isCurrent, true)))
    .where(and(eq(articles.userId, userId), inArray(articles.id, [...ids])));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ai = await readDeclared(tx, rows);
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    const { status, slug, visibility, publishedAt, notebookId, aiDeclared: _, ...note } = row;
    const publication =
      slug && visibility && publishedAt
        ? { slug, visibility, publishedAt: publishedAt.toISOString() }
        : null;
    return {
      ...note,
      id: archiveId(userId, id),
      notebookId: notebookId && archiveId(userId, notebookId),
      isArchived: status === 'archived',
      ai: ai.get(id) ?? null,
      publication,
    };
  });
}

/** What an archive says of the files of a person, by their hash; `where` narrows them. */
export function readAttachments(db: Db | Tx, userId: string, where: SQL | undefined) {
  return db
    .select({
      id: files.id,
      sha256: files.sha256,
      name: files.name,
      mediaType: files.mediaType,
      size: files.size,
    })
    .from(files)
    .where(and(eq(files.userId, userId), where))
    .orderBy(files.sha256);
}
