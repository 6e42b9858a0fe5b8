import { createDispatcher } from '@ainotebook/jobs';
import { createMailer, type Mailer } from '@ainotebook/mail';
import { type SmtpStandIn, startSmtp, type TakenMail } from '@ainotebook/testkit';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createJobHandlers } from '../jobs.js';
import { type TestApi, testJobServices } from '../test-support.js';

/** A real mailer with a stand-in SMTP server, for a test file whose `useApi` has mail. */
export function useMail(t: TestApi) {
  let smtp: SmtpStandIn;
  let mailer: Mailer;
  beforeAll(async () => {
    smtp = await startSmtp();
    const from = { name: 'Notes', address: 'notes@notes.test' };
    mailer = createMailer({ url: smtp.url, from, pauseMs: 0 });
  });
  afterEach(() => smtp.behave('take'));
  afterAll(async () => {
    mailer.close();
    await smtp.stop();
  });

  return {
    smtp: () => smtp,
    /** Runs all jobs that are due. @returns the mails that were taken, oldest first */
    deliver: async (): Promise<TakenMail[]> => {
      const services = t.services();
      const handlers = createJobHandlers(testJobServices(services, { mailer }));
      await createDispatcher({ db: services.db, handlers }).runDue();
      return smtp.mails.splice(0);
    },
    /** As if the back-off of what failed were over. */
    wait: () =>
      t.services().db.execute(sql`update outbox set next_at = now() where done_at is null`),
  };
}

/** The address in a mail that matches, and the token in it. */
export function linkIn(mail: TakenMail | undefined, path: string): { url: string; token: string } {
  const url = mail?.text.split('\n').find((line) => line.includes(path)) ?? '';
  const { searchParams } = new URL(url, 'none://none');
  return { url, token: searchParams.get('token') ?? searchParams.get('invitation') ?? '' };
}
