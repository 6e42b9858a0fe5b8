import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { useApp, useUser } from '../../app-context.js';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { PasswordField } from '../../ui/password-field.js';
import { toast } from '../../ui/toast.js';
import { Section } from './section.js';

export function PasswordSection() {
  const { session } = useApp();
  const user = useUser();
  const utils = trpc.useUtils();
  const [currentPassword, setCurrentPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const change = trpc.auth.changePassword.useMutation({
    onSuccess(result) {
      session.signIn(result);
      setCurrentPassword('');
      setNewPassword('');
      toast.success(m.settings_password_changed());
      return utils.auth.listSessions.invalidate();
    },
  });
  const failure = change.error ? errorInfo(change.error) : null;
  const isWrong = failure?.code === 'invalid_credentials';
  const isWeak = failure?.code === 'bad_input';

  function submit(event: FormEvent): void {
    event.preventDefault();
    change.mutate({ currentPassword, newPassword });
  }
  return (
    <Section title={m.settings_password()} hint={m.settings_password_hint()}>
      <form onSubmit={submit} className="grid gap-4">
        {/* Password managers look for the name beside the password. */}
        <input type="hidden" autoComplete="username" value={user.email} readOnly />
        <PasswordField
          label={m.settings_current_password()}
          autoComplete="current-password"
          value={currentPassword}
          maxLength={LIMITS.passwordMaxLength}
          onChange={(event) => setCurrentPassword(event.target.value)}
          error={isWrong ? m.settings_password_wrong() : null}
        />
        <PasswordField
          label={m.auth_new_password()}
          autoComplete="new-password"
          value={newPassword}
          maxLength={LIMITS.passwordMaxLength}
          onChange={(event) => setNewPassword(event.target.value)}
          hint={m.auth_password_rule()}
          error={isWeak ? m.auth_password_rule() : null}
        />
        {failure && !isWrong && !isWeak && (
          <p role="alert" className="text-sm text-danger">
            {errorText(failure.code)}
          </p>
        )}
        <div>
          <Button
            type="submit"
            isBusy={change.isPending}
            disabled={!currentPassword || !newPassword}
          >
            {m.settings_change_password()}
          </Button>
        </div>
      </form>
    </Section>
  );
}
