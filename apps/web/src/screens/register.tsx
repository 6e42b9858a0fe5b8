import type { SystemInfo } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApp } from '../app-context.js';
import { AuthFrame } from '../features/auth/auth-frame.js';
import { FormError, FormNote, Submit } from '../features/auth/form-parts.js';
import { useAuthForm } from '../features/auth/use-auth-form.js';
import { onboarding } from '../features/onboarding/progress.js';
import { useLocale } from '../lib/locale.js';
import { trpc } from '../trpc.js';
import { TextField } from '../ui/field.js';
import { PasswordField } from '../ui/password-field.js';

const route = getRouteApi('/visitor/register');

export function RegisterScreen() {
  const { session, authClient } = useApp();
  const locale = useLocale();
  const search = route.useSearch();
  const { data: info } = trpc.system.info.useQuery();
  const [email, setEmail] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [password, setPassword] = useState('');
  const [setupToken, setSetupToken] = useState(search.setup ?? '');
  const [hasAcceptedTerms, setHasAcceptedTerms] = useState(false);
  const utils = trpc.useUtils();
  const needsSetup = info?.needsSetup ?? false;
  const form = useAuthForm(async () => {
    // Whoever is quick sends the form before it is known what the server asks for.
    const { needsSetup } = await utils.system.info.ensureData();
    // In this order: an old sign-out would else end the new session.
    await session.tell();
    const result = await authClient.auth.register.mutate({
      email,
      password,
      displayName,
      locale,
      hasAcceptedTerms,
      ...(search.invitation ? { invitationToken: search.invitation } : {}),
      ...(needsSetup && setupToken.trim() ? { setupToken: setupToken.trim() } : {}),
    });
    onboarding.begin(result.user.id);
    session.signIn(result);
  });
  const fields = form.failure?.fields ?? {};
  const needsInvitation = info?.registration === 'invite' && !search.invitation && !needsSetup;
  const isClosed = info?.registration === 'closed' && !search.invitation && !needsSetup;
  const signIn = (
    <>
      {m.auth_have_account()}{' '}
      <Link
        to="/login"
        search={search.to ? { to: search.to } : {}}
        className="text-accent underline underline-offset-4"
      >
        {m.auth_sign_in()}
      </Link>
    </>
  );

  if (isClosed || needsInvitation) {
    return (
      <AuthFrame title={m.auth_register_title()} footer={signIn}>
        <FormNote>{isClosed ? m.error_registration_closed() : m.auth_needs_invitation()}</FormNote>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={needsSetup ? m.auth_set_up_title() : m.auth_register_title()} footer={signIn}>
      <form onSubmit={form.onSubmit} className="grid gap-4" noValidate>
        {search.invitation && <FormNote>{m.auth_invited()}</FormNote>}
        {form.failure && <FormError>{form.failure.message}</FormError>}
        {needsSetup && (
          <TextField
            label={m.auth_setup_token()}
            hint={m.auth_setup_token_hint()}
            autoComplete="off"
            spellCheck={false}
            value={setupToken}
            onChange={(event) => setSetupToken(event.target.value)}
          />
        )}
        <TextField
          label={m.auth_name()}
          autoComplete="name"
          autoFocus
          required
          maxLength={LIMITS.displayNameLength}
          value={displayName}
          onChange={(event) => setDisplayName(event.target.value)}
          error={fields.displayName}
        />
        <TextField
          label={m.auth_email()}
          type="email"
          autoComplete="username"
          inputMode="email"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={fields.email}
        />
        <PasswordField
          label={m.auth_password()}
          autoComplete="new-password"
          required
          maxLength={LIMITS.passwordMaxLength}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          hint={m.auth_password_rule()}
          error={fields.password}
        />
        {info && (info.hasTerms || info.hasPrivacy) && (
          <Consent info={info} isGiven={hasAcceptedTerms} onChange={setHasAcceptedTerms} />
        )}
        <Submit isBusy={form.isBusy} waitSeconds={form.waitSeconds}>
          {m.auth_register()}
        </Submit>
      </form>
    </AuthFrame>
  );
}

interface ConsentProps {
  info: SystemInfo;
  isGiven: boolean;
  onChange: (isGiven: boolean) => void;
}

/** Agreement to the terms and the privacy notice; the server asks for it too. */
function Consent({ info, isGiven, onChange }: ConsentProps) {
  const link = (href: string, label: string) => (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      className="text-accent underline underline-offset-4"
    >
      {label}
    </a>
  );
  return (
    <label className="flex items-start gap-2.5 text-sm text-ink-2">
      <input
        type="checkbox"
        required
        checked={isGiven}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-1 size-4 shrink-0 accent-accent"
      />
      <span>
        {m.auth_consent()} {info.hasTerms && link('/terms', m.auth_terms())}
        {info.hasTerms && info.hasPrivacy && ` ${m.auth_consent_and()} `}
        {info.hasPrivacy && link('/privacy', m.auth_privacy())}
      </span>
    </label>
  );
}
