import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { useApp, useUser } from '../../app-context.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Section } from './section.js';

/** Whether notifications also go by mail; nothing to choose where the server sends none. */
export function NotificationSection() {
  const { session } = useApp();
  const user = useUser();
  // While it is saved, what was chosen.
  const [wanted, setWanted] = useState<boolean | null>(null);
  const { data: info } = trpc.system.info.useQuery();
  const update = trpc.users.update.useMutation({
    onSuccess: (next) => session.updateUser(next),
    onError: toastError,
    onSettled: () => setWanted(null),
  });
  if (!info?.hasMail) return null;
  function choose(hasNotificationMail: boolean): void {
    setWanted(hasNotificationMail);
    update.mutate({ data: { hasNotificationMail } });
  }
  return (
    <Section title={m.settings_notifications()}>
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          checked={wanted ?? user.hasNotificationMail}
          onChange={(event) => choose(event.target.checked)}
          className="mt-1 size-4 shrink-0 accent-accent"
        />
        <span>
          <span className="text-sm font-medium">{m.settings_notification_mail()}</span>
          <span className="mt-0.5 block text-[0.8125rem] text-ink-3">
            {m.settings_notification_mail_hint()}
          </span>
          {!user.isEmailVerified && (
            <span className="block text-[0.8125rem] text-warn">
              {m.settings_notification_mail_unverified()}
            </span>
          )}
        </span>
      </label>
    </Section>
  );
}
