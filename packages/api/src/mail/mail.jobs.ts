import { handleJob, type JobHandler, UnrecoverableError } from '@ainotebook/jobs';
import { MailError } from '@ainotebook/mail';
import { writeLetter } from '@ainotebook/messages/mail';
import { getSiteSettings } from '../admin/admin-site.service.js';
import type { JobServices } from '../jobs.js';
import type { AddressedLetter, LetterContext } from './addressed-letter.js';
import { changeLetter, invitationLetter, linkLetter } from './link-letters.js';
import { type MailAbout, sendMail } from './mail-jobs.js';
import { noticeLetter } from './notice-letters.js';

/**
 * Handlers of mail. Between the server's "taken" and our note of it a crash sends the mail once more:
 * the same words with the same link under the same Message-ID.
 */
export function mailJobHandlers({ config, mailer }: JobServices): JobHandler[] {
  return [
    handleJob(sendMail, async (run, about) => {
      // Switched off: what waits must not go out all at once when it is switched on again.
      if (!mailer) return;
      const { outboxId } = run;
      const letter = await run.db.transaction((db) => compose({ db, config, outboxId }, about));
      if (!letter) return;
      const { siteName: app } = await getSiteSettings({ db: run.db, config });
      const { to, locale, content } = letter;
      const words = writeLetter(content, { locale, app });
      try {
        await mailer.send({ id: outboxId, to, ...words }, run.signal);
      } catch (error) {
        const isFinal = error instanceof MailError && error.kind === 'refused';
        throw isFinal ? new UnrecoverableError(error.message) : error;
      }
    }),
  ];
}

/** @returns null when there is nothing to say any more */
function compose(ctx: LetterContext, about: MailAbout): Promise<AddressedLetter | null> {
  switch (about.kind) {
    case 'password_reset':
    case 'email_verification':
      return linkLetter(ctx, about.kind, about.userId);
    case 'email_change':
      return changeLetter(ctx, about.userId);
    case 'invitation':
      return invitationLetter(ctx, about.invitationId);
    case 'notification':
      return noticeLetter(ctx, about.notificationId);
  }
}
