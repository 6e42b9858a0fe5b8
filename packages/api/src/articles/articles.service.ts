import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function listArticles(
  _ctx: AuthedContext,
  _input: C.ListArticlesInput,
): Promise<{ items: C.ArticleSummary[]; nextCursor: string | null }> {
  throw new Error('to be written');
}

export async function getArticle(_ctx: AuthedContext, _input: { id: string }): Promise<C.Article> {
  throw new Error('to be written');
}

export async function createArticle(
  _ctx: AuthedContext,
  _input: C.CreateArticleInput,
): Promise<C.Article> {
  throw new Error('to be written');
}

export async function saveArticle(
  _ctx: AuthedContext,
  _input: C.SaveArticleInput,
): Promise<C.SaveResult> {
  throw new Error('to be written');
}

export async function updateArticle(
  _ctx: AuthedContext,
  _input: C.UpdateArticleInput,
): Promise<C.ArticleSummary> {
  throw new Error('to be written');
}

export async function trashArticle(_ctx: AuthedContext, _input: { id: string }): Promise<void> {
  throw new Error('to be written');
}

export async function restoreArticle(
  _ctx: AuthedContext,
  _input: { id: string },
): Promise<C.ArticleSummary> {
  throw new Error('to be written');
}

export async function purgeArticle(_ctx: AuthedContext, _input: { id: string }): Promise<void> {
  throw new Error('to be written');
}

export async function emptyTrash(_ctx: AuthedContext): Promise<{ count: number }> {
  throw new Error('to be written');
}

export async function createManyArticles(
  _ctx: AuthedContext,
  _input: C.CreateManyArticlesInput,
): Promise<{ created: number; skipped: number; ids: string[] }> {
  throw new Error('to be written');
}

export async function updateManyArticles(
  _ctx: AuthedContext,
  _input: C.UpdateManyArticlesInput,
): Promise<{ count: number }> {
  throw new Error('to be written');
}
