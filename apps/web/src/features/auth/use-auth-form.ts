import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { type ErrorCode, errorInfo, errorText } from '../../lib/errors.js';
import { useCountdown } from '../../lib/use-countdown.js';

interface FormFailure {
  code: ErrorCode;
  message: string;
  fields: Record<string, string>;
}

/** Submits once at a time and turns the failure into words beside the fields. */
export function useAuthForm(submit: () => Promise<void>) {
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<FormFailure | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const waitSeconds = useCountdown(waitUntil);

  async function onSubmit(event: { preventDefault: () => void }): Promise<void> {
    event.preventDefault();
    if (isBusy || waitSeconds > 0) return;
    setIsBusy(true);
    setFailure(null);
    try {
      await submit();
    } catch (error) {
      const { code, fields, retryAfterMs } = errorInfo(error);
      setFailure({
        code,
        message: errorText(code),
        fields: Object.fromEntries(fields.map(({ path }) => [path, fieldText(path)])),
      });
      if (code === 'rate_limited' && retryAfterMs) setWaitUntil(Date.now() + retryAfterMs);
    } finally {
      setIsBusy(false);
    }
  }
  return { isBusy, failure, waitSeconds, onSubmit };
}

/** The server's sentences are for programs; these are for people. */
function fieldText(path: string): string {
  switch (path) {
    case 'email':
      return m.auth_email_invalid();
    case 'password':
    case 'newPassword':
      return m.auth_password_rule();
    case 'displayName':
      return m.auth_name_required();
    case 'data.handle':
    case 'handle':
      return m.settings_handle_rule();
    default:
      return m.error_bad_input();
  }
}
