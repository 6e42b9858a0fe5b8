import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function listRevisions(
  _ctx: AuthedContext,
  _input: C.ListRevisionsInput,
): Promise<{ items: C.RevisionSummary[]; nextCursor: string | null }> {
  throw new Error('to be written');
}

export async function getRevision(
  _ctx: AuthedContext,
  _input: { id: string },
): Promise<C.Revision> {
  throw new Error('to be written');
}

export async function diffRevisions(
  _ctx: AuthedContext,
  _input: C.DiffRevisionsInput,
): Promise<C.RevisionDiff> {
  throw new Error('to be written');
}

export async function restoreRevision(
  _ctx: AuthedContext,
  _input: { id: string },
): Promise<C.SaveResult> {
  throw new Error('to be written');
}

export async function nameRevision(
  _ctx: AuthedContext,
  _input: C.NameRevisionInput,
): Promise<C.RevisionSummary> {
  throw new Error('to be written');
}
