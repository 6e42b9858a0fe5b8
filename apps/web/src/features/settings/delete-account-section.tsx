import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { useApp, useUser } from '../../app-context.js';
import { errorInfo, errorText } from '../../lib/errors.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { TextField } from '../../ui/field.js';
import { PasswordField } from '../../ui/password-field.js';
import { Section } from './section.js';

/** Deleting the account takes its address and its password: nobody does that by accident. */
export function DeleteAccountSection() {
  const [isAsking, setIsAsking] = useState(false);
  const utils = trpc.useUtils();
  const takeOut = trpc.exports.create.useMutation({
    onError: toastError,
    onSettled: () => utils.exports.invalidate(),
  });
  return (
    <Section title={m.settings_delete_account()} hint={m.settings_delete_hint()}>
      <div className="flex flex-wrap gap-2">
        <Button
          variant="ghost"
          isBusy={takeOut.isPending}
          onClick={() => takeOut.mutate({ kind: 'account' })}
        >
          {m.settings_delete_export()}
        </Button>
        <Button variant="dangerOutline" onClick={() => setIsAsking(true)}>
          {m.settings_delete_account()}…
        </Button>
      </div>
      {isAsking && <DeleteAccountDialog onClose={() => setIsAsking(false)} />}
    </Section>
  );
}

function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const { session, sync } = useApp();
  const { email } = useUser();
  const [typed, setTyped] = useState('');
  const [password, setPassword] = useState('');
  const remove = trpc.users.delete.useMutation({
    async onSuccess() {
      await sync.clearDrafts().catch(() => undefined);
      session.dropped();
    },
  });
  const failure = remove.error ? errorInfo(remove.error) : null;
  return (
    <FormDialog
      onClose={onClose}
      title={m.settings_delete_title()}
      description={m.settings_delete_text()}
      submitLabel={m.settings_delete_account()}
      variant="danger"
      isBusy={remove.isPending}
      canSubmit={typed.trim().toLowerCase() === email && password !== ''}
      onSubmit={() => remove.mutate({ password })}
    >
      <TextField
        label={m.settings_delete_type({ email })}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
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
    </FormDialog>
  );
}
