import { m } from '@ainotebook/messages';
import { type FormEvent, useId, useState } from 'react';
import { useApp, useUser } from '../../app-context.js';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { PasswordField } from '../../ui/password-field.js';
import { Section } from './section.js';

export function AccountSection() {
  const { session, sync } = useApp();
  const user = useUser();
  const formId = useId();
  const [isAsking, setIsAsking] = useState(false);
  const [password, setPassword] = useState('');
  const remove = trpc.users.delete.useMutation({
    async onSuccess() {
      await sync.clearDrafts().catch(() => undefined);
      session.dropped();
    },
  });
  const failure = remove.error ? errorInfo(remove.error) : null;
  const close = () => {
    setIsAsking(false);
    setPassword('');
    remove.reset();
  };
  function submit(event: FormEvent): void {
    event.preventDefault();
    remove.mutate({ password });
  }
  return (
    <Section title={m.settings_account()} hint={m.settings_delete_hint()}>
      <div>
        <Button className="text-danger" onClick={() => setIsAsking(true)}>
          {m.settings_delete_account()}
        </Button>
      </div>
      <Dialog
        isOpen={isAsking}
        onClose={close}
        title={m.settings_delete_title({ email: user.email })}
        description={m.settings_delete_text()}
        footer={
          <>
            <Button onClick={close}>{m.common_cancel()}</Button>
            <Button
              type="submit"
              form={formId}
              variant="danger"
              isBusy={remove.isPending}
              disabled={!password}
            >
              {m.settings_delete_account()}
            </Button>
          </>
        }
      >
        <form id={formId} onSubmit={submit}>
          <PasswordField
            label={m.auth_password()}
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            error={
              failure &&
              (failure.code === 'invalid_credentials'
                ? m.settings_password_wrong()
                : errorText(failure.code))
            }
          />
        </form>
      </Dialog>
    </Section>
  );
}
