import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Link, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useApp } from '../app-context.js';
import { AuthFrame } from '../features/auth/auth-frame.js';
import { FormDone, FormError, FormNote, Submit } from '../features/auth/form-parts.js';
import { useAuthForm } from '../features/auth/use-auth-form.js';
import { trpc } from '../trpc.js';
import { TextField } from '../ui/field.js';

export function ForgotPasswordScreen() {
  const { authClient } = useApp();
  const { data: info } = trpc.system.info.useQuery();
  // What was typed into the sign-in form; kept out of the address, which servers log.
  const typed = useLocation({ select: ({ state }) => state.email });
  const [email, setEmail] = useState(typed ?? '');
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useAuthForm(async () => {
    await authClient.auth.requestPasswordReset.mutate({ email });
    setSentTo(email.trim());
  });
  const isOff = info?.hasMail === false;
  const signIn = (
    <Link to="/login" search={{}} className="text-accent underline underline-offset-4">
      {m.auth_sign_in()}
    </Link>
  );
  return (
    <AuthFrame title={m.auth_forgot_title()} lead={m.auth_forgot_lead()} footer={signIn}>
      {isOff && <FormNote>{m.auth_forgot_off()}</FormNote>}
      {sentTo && <FormDone>{m.auth_forgot_sent({ email: sentTo })}</FormDone>}
      {!isOff && (
        <form onSubmit={form.onSubmit} className="grid gap-4" noValidate>
          {form.failure && <FormError>{form.failure.message}</FormError>}
          <TextField
            label={m.auth_email()}
            type="email"
            autoComplete="username"
            inputMode="email"
            autoFocus
            required
            maxLength={LIMITS.emailLength}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            error={form.failure?.fields.email}
          />
          <Submit isBusy={form.isBusy} waitSeconds={form.waitSeconds}>
            {m.auth_forgot_submit()}
          </Submit>
        </form>
      )}
    </AuthFrame>
  );
}
