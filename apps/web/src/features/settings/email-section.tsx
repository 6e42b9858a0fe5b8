import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { useUser } from '../../app-context.js';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { PasswordField } from '../../ui/password-field.js';
import { useSendVerification } from '../auth/use-send-verification.js';
import { Section } from './section.js';

/** The address of the account, whether it is proven, and the way to another one. */
export function EmailSection() {
  const { email, isEmailVerified } = useUser();
  const { data: info } = trpc.system.info.useQuery();
  const send = useSendVerification();
  const [isChanging, setIsChanging] = useState(false);
  return (
    <Section title={m.settings_email()} hint={m.settings_email_hint()}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="min-w-0 text-sm break-all">{email}</span>
        {info?.hasMail &&
          (isEmailVerified ? (
            <Badge tone="good">{m.settings_email_verified()}</Badge>
          ) : (
            <Badge tone="warn">{m.settings_email_unverified()}</Badge>
          ))}
      </div>
      {info && !info.hasMail && <p className="text-sm text-ink-3">{m.settings_email_off()}</p>}
      {info?.hasMail && !isChanging && (
        <div className="flex flex-wrap gap-2">
          {!isEmailVerified && !send.isSuccess && (
            <Button isBusy={send.isPending} onClick={() => send.mutate()}>
              {m.verify_send()}
            </Button>
          )}
          <Button onClick={() => setIsChanging(true)}>{m.settings_email_change()}</Button>
        </div>
      )}
      {send.isSuccess && (
        <p role="status" className="text-sm text-good">
          {m.verify_sent({ email })}
        </p>
      )}
      {isChanging && <ChangeForm onClose={() => setIsChanging(false)} />}
    </Section>
  );
}

function ChangeForm({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const request = trpc.users.requestEmailChange.useMutation();
  const failure = request.error ? errorInfo(request.error) : null;
  const isWrong = failure?.code === 'invalid_credentials';
  const isInvalid = failure?.code === 'bad_input';

  function submit(event: FormEvent): void {
    event.preventDefault();
    request.mutate({ email, password });
  }
  if (request.isSuccess) {
    return (
      <p role="status" className="text-sm text-good">
        {m.settings_email_change_sent({ email: request.variables.email.trim() })}
      </p>
    );
  }
  return (
    <form onSubmit={submit} className="grid gap-4" noValidate>
      <TextField
        label={m.settings_email_new()}
        type="email"
        inputMode="email"
        autoComplete="email"
        autoFocus
        value={email}
        maxLength={LIMITS.emailLength}
        onChange={(event) => setEmail(event.target.value)}
        error={isInvalid ? m.auth_email_invalid() : null}
      />
      <PasswordField
        label={m.settings_current_password()}
        autoComplete="current-password"
        value={password}
        maxLength={LIMITS.passwordMaxLength}
        onChange={(event) => setPassword(event.target.value)}
        error={isWrong ? m.settings_password_wrong() : null}
      />
      {failure && !isWrong && !isInvalid && (
        <p role="alert" className="text-sm text-danger">
          {errorText(failure.code)}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant="primary"
          isBusy={request.isPending}
          disabled={!email.trim() || !password}
        >
          {m.verify_send()}
        </Button>
        <Button onClick={onClose}>{m.common_cancel()}</Button>
      </div>
    </form>
  );
}
