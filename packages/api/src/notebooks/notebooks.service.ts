import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function listNotebooks(_ctx: AuthedContext): Promise<C.Notebook[]> {
  throw new Error('to be written');
}

export async function getNotebook(
  _ctx: AuthedContext,
  _input: { id: string },
): Promise<C.Notebook> {
  throw new Error('to be written');
}

export async function createNotebook(
  _ctx: AuthedContext,
  _input: C.CreateNotebookInput,
): Promise<C.Notebook> {
  throw new Error('to be written');
}

export async function updateNotebook(
  _ctx: AuthedContext,
  _input: C.UpdateNotebookInput,
): Promise<C.Notebook> {
  throw new Error('to be written');
}

export async function moveNotebook(
  _ctx: AuthedContext,
  _input: C.MoveNotebookInput,
): Promise<C.Notebook> {
  throw new Error('to be written');
}

export async function deleteNotebook(
  _ctx: AuthedContext,
  _input: C.DeleteNotebookInput,
): Promise<{ count: number }> {
  throw new Error('to be written');
}
