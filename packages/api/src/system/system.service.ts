import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function getSystemInfo(_ctx: Context): Promise<C.SystemInfo> {
  throw new Error('to be written');
}
