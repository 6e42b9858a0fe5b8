import { m } from '@ainotebook/messages';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApp, useSession } from '../app-context.js';
import { AuthFrame } from '../features/auth/auth-frame.js';
import { FormDone, FormError, Submit } from '../features/auth/form-parts.js';
import { useAuthForm } from '../features/auth/use-auth-form.js';

const route = getRouteApi('/verify');

/** Asks before it uses the link: programs that look through mails open addresses too. */
export function VerifyEmailScreen() {
  const { authClient, api, session } = useApp();
  const isSignedIn = useSession().status === 'signed-in';
  const { token = '', purpose } = route.useSearch();
  const isChange = purpose === 'change';
  const [isDone, setIsDone] = useState(false);
  const form = useAuthForm(async () => {
    if (isChange) await authClient.users.confirmEmailChange.mutate({ token });
    else await authClient.auth.verifyEmail.mutate({ token });
    setIsDone(true);
    if (isSignedIn) session.updateUser(await api.users.me.query());
  });
  const isUseless = !token || form.failure?.code === 'token_invalid';
  const words = isChange
    ? {
        title: m.verify_change_title(),
        lead: m.verify_change_lead(),
        done: m.verify_change_done(),
      }
    : { title: m.verify_title(), lead: m.verify_lead(), done: m.verify_done() };
  const onwards = isSignedIn ? (
    <Link to="/notes" search={{}} className="text-accent underline underline-offset-4">
      {m.not_found_home()}
    </Link>
  ) : (
    <Link to="/login" search={{}} className="text-accent underline underline-offset-4">
      {m.auth_sign_in()}
    </Link>
  );
  return (
    <AuthFrame title={words.title} lead={words.lead} footer={onwards}>
      {isDone && <FormDone>{words.done}</FormDone>}
      {isUseless && <FormError>{m.error_token_invalid()}</FormError>}
      {!isUseless && !isDone && (
        <form onSubmit={form.onSubmit} className="grid gap-4">
          {form.failure && <FormError>{form.failure.message}</FormError>}
          <Submit isBusy={form.isBusy} waitSeconds={form.waitSeconds}>
            {m.verify_submit()}
          </Submit>
        </form>
      )}
    </AuthFrame>
  );
}
