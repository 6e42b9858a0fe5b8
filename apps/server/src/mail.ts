import { createMailer, type Mailer, parseSender } from '@ainotebook/mail';
import type { Env } from './env-schema.js';

/** Half configured outside production counts as off, with a warning. */
export function makeMailer({ SMTP_URL: url, MAIL_FROM, APP_NAME }: Env): Mailer | null {
  const from = MAIL_FROM === undefined ? null : parseSender(MAIL_FROM);
  if (url === undefined || from === null) return null;
  return createMailer({ url, from: { ...from, name: from.name || APP_NAME } });
}
