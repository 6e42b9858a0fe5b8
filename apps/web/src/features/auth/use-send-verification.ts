import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';

/** Sends the mail whose link proves the address of the signed-in user. */
export function useSendVerification() {
  return trpc.auth.requestEmailVerification.useMutation({ onError: toastError });
}
