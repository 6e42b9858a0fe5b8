import { defineJob } from '@ainotebook/jobs';
import { z } from 'zod';
import type { ApiConfig } from '../context.js';
import { AppError } from '../errors.js';

const userId = z.uuid();

/** What a mail is about, by ids: addresses, words and tokens are read or made when it is sent. */
const mailAbout = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['password_reset', 'email_verification', 'email_change']), userId }),
  z.object({ kind: z.literal('invitation'), invitationId: z.uuid() }),
  z.object({ kind: z.literal('notification'), notificationId: z.uuid(), userId }),
]);
export type MailAbout = z.infer<typeof mailAbout>;

/**
 * Sends one mail. The attempts last most of a day: mail servers have outages too. A queue of its own,
 * so that a server that does not answer holds up nothing but mail.
 */
export const sendMail = defineJob({
  topic: 'mail.send',
  queue: 'mail',
  payload: mailAbout,
  attempts: 30,
  backoffMs: 10_000,
  leaseMs: 90_000,
  isOutgoing: true,
});

/** @throws AppError mail_off */
export function requireMail(config: Pick<ApiConfig, 'hasMail'>): void {
  if (!config.hasMail) throw new AppError('mail_off', 'This server sends no mail');
}
