import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function listTags(_ctx: AuthedContext): Promise<C.Tag[]> {
  throw new Error('to be written');
}

export async function updateTag(_ctx: AuthedContext, _input: C.UpdateTagInput): Promise<C.Tag> {
  throw new Error('to be written');
}

export async function deleteTag(_ctx: AuthedContext, _input: { id: string }): Promise<void> {
  throw new Error('to be written');
}
