import type { RecordAiSpanInput } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { toastError } from '../../lib/toast-error.js';
import { uuidv7 } from '../../lib/uuid.js';
import { trpc } from '../../trpc.js';

/** A note that was just made is known to the server a little later. */
const TRIES = 6;

/** Tells the server of a passage that an AI wrote and that was taken; goes on when what asked is closed. */
export function useRememberAi() {
  const utils = trpc.useUtils();
  const { mutate } = trpc.provenance.record.useMutation({
    retry: TRIES,
    retryDelay: (failures) => Math.min(1000 * 2 ** failures, 15_000),
    onError: toastError,
    onSuccess: (_, { articleId }) => utils.provenance.get.invalidate({ articleId }),
  });
  return ({ text, replaced = '', ...span }: Omit<RecordAiSpanInput, 'id'>) => {
    const cut = (long: string) => long.slice(0, LIMITS.answerLength).toWellFormed();
    if (text.trim() !== '') {
      mutate({ ...span, id: uuidv7(), text: cut(text), replaced: cut(replaced) });
    }
  };
}
