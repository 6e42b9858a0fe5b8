import { createTransport } from 'nodemailer';

/** One letter to one person. */
export interface MailMessage {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Equal in all attempts at one letter, so that mail servers can drop a repetition. */
  id: string;
}

export interface Mailer {
  /** Hands a letter to the mail server. */
  send(message: MailMessage): Promise<void>;
  close(): void;
}

/** Sends through the SMTP server at `url` (`smtp://` or `smtps://`, with user and password). */
export function createMailer(options: { url: string; from: string }): Mailer {
  const transport = createTransport(options.url, { from: options.from });
  return {
    send: async ({ id, ...message }) => {
      await transport.sendMail({ ...message, messageId: id });
    },
    close: () => transport.close(),
  };
}
