import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApp } from '../app-context.js';
import { AuthFrame } from '../features/auth/auth-frame.js';
import { FormError, FormNote, Submit } from '../features/auth/form-parts.js';
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
  const signIn = (
    <Link to="/login" search={{}} className="text-accent underline underline-offset-4">
      {m.auth_sign_in()}
    </Link>
  );
  return (
    <AuthFrame title={m.auth_reset_title()} lead={m.auth_reset_lead()} footer={signIn}>
      {isDone && <FormNote>{m.auth_reset_done()}</FormNote>}
      {!token && <FormError>{m.error_token_invalid()}</FormError>}
      {token && !isDone && (
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
