import type { PictureSizes } from '@ainotebook/contract';
import { trpc } from '../../../trpc.js';

/** Asks for the sizes of the writer's own pictures; they never change, so each is asked for once. */
export function usePictureSizes(): (fileId: string) => Promise<PictureSizes | null> {
  const { files } = trpc.useUtils();
  return async (id) =>
    (await files.get.fetch({ id }, { staleTime: Number.POSITIVE_INFINITY, retry: false })).picture;
}
