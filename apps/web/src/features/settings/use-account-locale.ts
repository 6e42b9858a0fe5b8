import type { Locale } from '@ainotebook/contract';
import { useApp, useUser } from '../../app-context.js';
import { changeLocale, useLocale } from '../../lib/locale.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { markSaved } from './saved-tick.js';

/** The language of the account; a change shows at once and is taken back when the server refuses it. */
export function useAccountLocale(): [Locale, (next: Locale) => void] {
  const { session } = useApp();
  const user = useUser();
  const locale = useLocale();
  const update = trpc.users.update.useMutation({
    onSuccess(next) {
      session.updateUser(next);
      markSaved('locale');
    },
    onError(error) {
      changeLocale(user.locale);
      toastError(error);
    },
  });
  const choose = (next: Locale) => {
    update.mutate({ data: { locale: next } });
    changeLocale(next);
  };
  return [locale, choose];
}
