import { m } from '@ainotebook/messages';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApp, useSession } from '../app-context.js';
import { AuthFrame } from '../features/auth/auth-frame.js';
import { DepartureNote } from '../features/auth/departure-note.js';
import { FormError, FormNote, Submit } from '../features/auth/form-parts.js';
import { useAuthForm } from '../features/auth/use-auth-form.js';
import { trpc } from '../trpc.js';
import { Button } from '../ui/button.js';
import { TextField } from '../ui/field.js';
import { PasswordField } from '../ui/password-field.js';

const route = getRouteApi('/visitor/login');

export function LoginScreen() {
  const { session, authClient } = useApp();
  const state = useSession();
  const { data: info } = trpc.system.info.useQuery();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const form = useAuthForm(async () => {
    // In this order: the old sign-out would else end the new session.
    await session.tell();
    session.signIn(await authClient.auth.login.mutate({ email, password }));
  });
  const { to } = route.useSearch();
  const reason = state.status === 'signed-out' ? state.reason : 'none';
  const demo = info?.demo;

  return (
    <AuthFrame
      title={m.auth_sign_in_title()}
      footer={
        info && info.registration !== 'closed' ? (
          <>
            {m.auth_no_account()}{' '}
            <Link
              to="/register"
              search={to ? { to } : {}}
              className="text-accent underline underline-offset-4"
            >
              {m.auth_register()}
            </Link>
          </>
        ) : null
      }
    >
      <form onSubmit={form.onSubmit} className="grid grid-cols-1 gap-4" noValidate>
        <DepartureNote />
        {to?.startsWith('/pricing') && <FormNote>{m.auth_for_plans()}</FormNote>}
        {reason === 'ended' && <FormNote>{m.auth_session_ended()}</FormNote>}
        {reason === 'suspended' && <FormError>{m.error_account_suspended()}</FormError>}
        {info?.needsSetup && (
          <FormNote>
            {m.auth_needs_setup()}{' '}
            <Link to="/register" search={{ setup: '' }} className="underline underline-offset-4">
              {m.auth_set_up()}
            </Link>
          </FormNote>
        )}
        {form.failure && <FormError>{form.failure.message}</FormError>}
        <TextField
          label={m.auth_email()}
          type="email"
          autoComplete="username"
          inputMode="email"
          autoFocus
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={form.failure?.fields.email}
        />
        <PasswordField
          label={m.auth_password()}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Submit isBusy={form.isBusy} waitSeconds={form.waitSeconds}>
          {m.auth_sign_in()}
        </Submit>
        {demo && (
          <div className="flex items-center justify-between gap-3 rounded-lg border border-line bg-paper px-3 py-2 text-[0.8125rem] text-ink-2">
            <span className="min-w-0">
              {m.auth_demo()}
              <span className="block truncate font-mono text-xs text-ink-3">
                {demo.email} / {demo.password}
              </span>
            </span>
            <Button
              size="sm"
              onClick={() => {
                setEmail(demo.email);
                setPassword(demo.password);
              }}
            >
              {m.auth_demo_fill()}
            </Button>
          </div>
        )}
        <Link
          to="/forgot"
          state={{ email }}
          className="justify-self-start text-[0.8125rem] text-ink-3 underline underline-offset-4 hover:text-ink max-md:py-2"
        >
          {m.auth_forgot()}
        </Link>
      </form>
    </AuthFrame>
  );
}
