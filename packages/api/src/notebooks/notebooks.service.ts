import type * as C from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import { v7 } from 'uuid';
import { isAnyOf, sameUpdatedAt } from '../articles/article-rows.js';
import { moveToTrash } from '../articles/articles.trash.js';
import { lockLibrary } from '../articles/library-lock.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { NotebookTree } from './notebook-tree.js';

const { articles, notebooks } = schema;

/** The table's name is written out: Drizzle would drop it. */
const notebookColumns = {
  id: notebooks.id,
  parentId: notebooks.parentId,
  name: notebooks.name,
  position: notebooks.position,
  articleCount: sql<number>`(
    select count(*)::int from articles a
    where a.user_id = "notebooks"."user_id" and a.notebook_id = "notebooks"."id"
      and a.deleted_at is null)`,
  createdAt: notebooks.createdAt,
  updatedAt: notebooks.updatedAt,
};

function readNotebooks(db: Db | Tx, where: SQL | undefined): Promise<C.Notebook[]> {
  return db
    .select(notebookColumns)
    .from(notebooks)
    .where(where)
    .orderBy(asc(notebooks.position), asc(notebooks.id));
}

async function readNotebook(db: Db | Tx, userId: string, id: string): Promise<C.Notebook> {
  const [row] = await readNotebooks(db, own(userId, id));
  if (!row) throw notFound('Notebook');
  return row;
}

function own(userId: string, id: string): SQL | undefined {
  return and(eq(notebooks.id, id), eq(notebooks.userId, userId));
}

/** The user's tree, which nobody else changes before the transaction ends. */
async function lockTree(tx: Tx, userId: string): Promise<NotebookTree> {
  await lockLibrary(tx, userId);
  const nodes = await tx
    .select({ id: notebooks.id, parentId: notebooks.parentId, position: notebooks.position })
    .from(notebooks)
    .where(eq(notebooks.userId, userId));
  return new NotebookTree(nodes);
}

/** Every notebook of the caller, at most `LIMITS.notebooksPerUser`, siblings in order. */
export async function listNotebooks(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
): Promise<C.Notebook[]> {
  return readNotebooks(ctx.db, eq(notebooks.userId, ctx.auth.userId));
}

/** @throws AppError not_found */
export async function getNotebook(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: { id: string },
): Promise<C.Notebook> {
  return readNotebook(ctx.db, ctx.auth.userId, input.id);
}

/**
 * Adds a notebook after its siblings; with an id the caller has used before, answers that notebook.
 * @throws AppError not_found (parent), limit_reached, notebook_too_deep, conflict (the id is taken)
 */
export async function createNotebook(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: C.CreateNotebookInput,
): Promise<C.Notebook> {
  const { userId } = ctx.auth;
  const { name, parentId } = input;
  const id = input.id ?? v7();
  return ctx.db.transaction(async (tx) => {
    const tree = await lockTree(tx, userId);
    if (tree.get(id)) return readNotebook(tx, userId, id);
    if (parentId !== null && !tree.get(parentId)) throw notFound('Notebook');
    if (tree.size >= LIMITS.notebooksPerUser) {
      throw new AppError('limit_reached', `There may be ${LIMITS.notebooksPerUser} notebooks`);
    }
    tree.requireRoom(parentId, 1);
    const position = generateKeyBetween(tree.childrenOf(parentId).at(-1)?.position, null);
    const [row] = await tx
      .insert(notebooks)
      .values({ id, userId, parentId, name, position })
      .onConflictDoNothing()
      .returning({ id: notebooks.id });
    if (!row) throw new AppError('conflict', 'This id cannot be used');
    return readNotebook(tx, userId, id);
  });
}

/** Renames a notebook. @throws AppError not_found */
export async function updateNotebook(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: C.UpdateNotebookInput,
): Promise<C.Notebook> {
  const { userId } = ctx.auth;
  await ctx.db
    .update(notebooks)
    .set({ name: input.data.name, updatedAt: sql`now()` })
    .where(own(userId, input.id));
  return readNotebook(ctx.db, userId, input.id);
}

/**
 * Moves a notebook with all inside it.
 * @throws AppError not_found (notebook, parent, or `beforeId` not inside that parent),
 *   notebook_cycle, notebook_too_deep
 */
export async function moveNotebook(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: C.MoveNotebookInput,
): Promise<C.Notebook> {
  const { userId } = ctx.auth;
  const { id, parentId, beforeId } = input;
  return ctx.db.transaction(async (tx) => {
    const tree = await lockTree(tx, userId);
    if (!tree.get(id) || (parentId !== null && !tree.get(parentId))) throw notFound('Notebook');
    if (parentId !== null && tree.subtree(id).includes(parentId)) {
      throw new AppError('notebook_cycle', 'A notebook cannot be moved into itself');
    }
    tree.requireRoom(parentId, tree.height(id));
    const siblings = tree.childrenOf(parentId).filter((node) => node.id !== id);
    const at =
      beforeId === null ? siblings.length : siblings.findIndex((node) => node.id === beforeId);
    if (at < 0) throw notFound('Notebook to place it before');
    const position = generateKeyBetween(siblings[at - 1]?.position, siblings[at]?.position);
    await tx
      .update(notebooks)
      .set({ parentId, position, updatedAt: sql`now()` })
      .where(own(userId, id));
    return readNotebook(tx, userId, id);
  });
}

/** Moves what is directly inside one level up, to the notebook's own place among its siblings. */
async function emptyUpwards(tx: Tx, userId: string, tree: NotebookTree, id: string) {
  const node = tree.get(id);
  if (!node) throw notFound('Notebook');
  const siblings = tree.childrenOf(node.parentId);
  const at = siblings.findIndex((sibling) => sibling.id === id);
  const children = tree.childrenOf(id);
  const positions = generateNKeysBetween(
    siblings[at - 1]?.position,
    siblings[at + 1]?.position,
    children.length,
  );
  if (children.length > 0) {
    const ids = sql.param(children.map((child) => child.id));
    await tx.execute(sql`
      update ${notebooks} as n set parent_id = ${node.parentId}, position = new.position,
        updated_at = now()
      from unnest(${ids}::uuid[], ${sql.param(positions)}::text[]) as new(id, position)
      where n.id = new.id`);
  }
  await tx
    .update(articles)
    .set({ notebookId: node.parentId, ...sameUpdatedAt })
    .where(and(eq(articles.userId, userId), eq(articles.notebookId, id)));
}

/** Notes beside trashed articles what their notebooks are called, before these go. */
async function rememberNotebooks(tx: Tx, userId: string, inside: SQL): Promise<void> {
  await tx
    .update(articles)
    .set({
      formerNotebook: sql`(select n.name from notebooks n where n.id = ${articles.notebookId})`,
      ...sameUpdatedAt,
    })
    .where(and(eq(articles.userId, userId), inside));
}

/**
 * Deletes a notebook: `keep` moves what is inside one level up, `trash` deletes the notebooks
 * inside too and trashes their articles.
 * @returns how many articles went to the trash
 * @throws AppError not_found
 */
export async function deleteNotebook(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  input: C.DeleteNotebookInput,
): Promise<{ count: number }> {
  const { userId } = ctx.auth;
  const count = await ctx.db.transaction(async (tx) => {
    const tree = await lockTree(tx, userId);
    if (!tree.get(input.id)) throw notFound('Notebook');
    let trashed: string[] = [];
    if (input.articles === 'keep') {
      await emptyUpwards(tx, userId, tree, input.id);
    } else {
      const inside = isAnyOf(articles.notebookId, tree.subtree(input.id));
      trashed = await moveToTrash(tx, userId, inside);
      await rememberNotebooks(tx, userId, inside);
    }
    // Takes the notebooks still inside along; articles in the trash lose their notebook.
    await tx.delete(notebooks).where(own(userId, input.id));
    return trashed.length;
  });
  ctx.nudgeJobs();
  return { count };
}
