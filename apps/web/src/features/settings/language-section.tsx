import type { Locale } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useEffect, useRef } from 'react';
import { useApp, useUser } from '../../app-context.js';
import { changeLocale, useLocale } from '../../lib/locale.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Choice } from '../../ui/choice.js';
import { markSaved, SavedTick } from './saved-tick.js';

let hasJustChanged = false;

/** The language of the interface and of mail; it belongs to the account. */
export function LanguageSection() {
  const locale = useLocale();
  const { session } = useApp();
  const user = useUser();
  const group = useRef<HTMLDivElement>(null);
  const update = trpc.users.update.useMutation({
    onSuccess(user) {
      session.updateUser(user);
      markSaved('locale');
    },
    onError(error) {
      changeLocale(user.locale);
      toastError(error);
    },
  });
  useEffect(() => {
    // Another language draws the page anew; the keyboard stays where it was.
    if (hasJustChanged) group.current?.querySelector<HTMLElement>('input:checked')?.focus();
    hasJustChanged = false;
  }, []);
  const choose = (next: Locale) => {
    hasJustChanged = true;
    update.mutate({ data: { locale: next } });
    changeLocale(next);
  };
  return (
    <div ref={group}>
      <Choice
        layout="rows"
        label={m.settings_language()}
        aside={<SavedTick name="locale" />}
        value={locale}
        onChange={choose}
        options={[
          { value: 'zh-CN', label: m.settings_language_zh() },
          { value: 'en', label: m.settings_language_en() },
        ]}
      />
    </div>
  );
}
