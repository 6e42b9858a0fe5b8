import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApp } from '../app-context.js';
import { AuthFrame } from '../features/auth/auth-frame.js';
import { FormDone, FormError, Submit } from '../features/auth/form-parts.js';
import { useAuthForm } from '../features/auth/use-auth-form.js';
import { PasswordField } from '../ui/password-field.js';

const route = getRouteApi('/reset');

export function ResetPasswordScreen() {
  const { authClient } = useApp();
  const { token } = route.useSearch();
  const [newPassword, setNewPassword] = useState('');
  const [isDone, setIsDone] = useState(false);
  const form = useAuthForm(async () => {
    await authClient.auth.resetPassword.mutate({ token: token ?? '', newPassword });
    setIsDone(true);
  });
  const isUseless = !token || form.failure?.code === 'token_invalid';
  const signIn = (
    <Link to="/login" search={{}} className="text-accent underline underline-offset-4">
      {m.auth_sign_in()}
    </Link>
  );
  return (
    <AuthFrame title={m.auth_reset_title()} lead={m.auth_reset_lead()} footer={signIn}>
      {isDone && <FormDone>{m.auth_reset_done()}</FormDone>}
      {isUseless && <UselessLink />}
      {!isUseless && !isDone && (
        <form onSubmit={form.onSubmit} className="grid gap-4" noValidate>
          {form.failure && <FormError>{form.failure.message}</FormError>}
          <PasswordField
            label={m.auth_new_password()}
            autoComplete="new-password"
            autoFocus
            required
            maxLength={LIMITS.passwordMaxLength}
            value={newPassword}
            onChange={(event) => setNewPassword(event.target.value)}
            hint={m.auth_password_rule()}
            error={form.failure?.fields.newPassword}
          />
          <Submit isBusy={form.isBusy} waitSeconds={form.waitSeconds}>
            {m.auth_reset_submit()}
          </Submit>
        </form>
      )}
    </AuthFrame>
  );
}

/** Where a link has expired or was used, another one is the way on. */
function UselessLink() {
  return (
    <div className="grid gap-3">
      <FormError>{m.error_token_invalid()}</FormError>
      <Link
        to="/forgot"
        className="justify-self-start text-accent underline underline-offset-4 max-md:py-2"
      >
        {m.auth_forgot_again()}
      </Link>
    </div>
  );
}
