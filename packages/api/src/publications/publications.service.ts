import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function publishArticle(
  _ctx: AuthedContext,
  _input: C.PublishInput,
): Promise<C.Publication> {
  throw new Error('to be written');
}

export async function unpublishArticle(
  _ctx: AuthedContext,
  _input: { articleId: string },
): Promise<void> {
  throw new Error('to be written');
}

export async function getPublication(
  _ctx: AuthedContext,
  _input: { articleId: string },
): Promise<C.Publication | null> {
  throw new Error('to be written');
}

export async function listPublications(
  _ctx: AuthedContext,
  _input: C.ListPublicationsInput,
): Promise<{ items: C.Publication[]; nextCursor: string | null }> {
  throw new Error('to be written');
}

export async function checkSlug(
  _ctx: AuthedContext,
  _input: C.CheckSlugInput,
): Promise<{ isAvailable: boolean }> {
  throw new Error('to be written');
}

export async function readPublication(
  _ctx: Context,
  _input: { slug: string },
): Promise<C.PublicArticle> {
  throw new Error('to be written');
}
