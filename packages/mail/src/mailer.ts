import { emailSchema } from '@ainotebook/contract';
import { createTransport } from 'nodemailer';
import { parseSmtpUrl, type Sender } from './addresses.js';
import { MailError, toMailError } from './mail-error.js';

/** One mail to one person. */
export interface Mail {
  /** Names the mail: equal in every attempt, so that a copy is seen to be one. */
  id: string;
  to: string;
  /** One line; line breaks become spaces. */
  subject: string;
  text: string;
  html: string;
}

/** Hands mails to an SMTP server. */
export interface Mailer {
  /**
   * Resolves when the server has taken the mail. After a failure it may still have been taken (the
   * answer was lost), which is why a mail has an id.
   * @throws MailError, also when `signal` is aborted
   */
  send(mail: Mail, signal?: AbortSignal): Promise<void>;
  /** Signs in without sending anything. @throws MailError */
  check(): Promise<void>;
  /** Closes every connection; mails under way fail. */
  close(): void;
}

/** Settings of a mailer; times in milliseconds. */
export interface MailerOptions {
  /** `smtps://user:password@host:port` or `smtp://...`. */
  url: string;
  from: Sender;
  /** Longest a send may take. Default 30,000. */
  timeoutMs?: number;
  /** After the server itself failed, sends are refused for so long. Default 15,000. */
  pauseMs?: number;
}

const CONNECTIONS = 3;
const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;

/**
 * Makes a mailer over a pool of at most 3 connections, opened when there is something to send.
 * A password is sent over TLS only, but to this machine.
 * @throws Error when `url` is no address of an SMTP server
 */
export function createMailer(options: MailerOptions): Mailer {
  const { from, timeoutMs = 30_000, pauseMs = 15_000 } = options;
  const server = parseSmtpUrl(options.url);
  if (!server) throw new Error('SMTP_URL is not the address of an SMTP server');
  const { host, port, isSecure, auth, isLocal } = server;
  const transport = createTransport({
    pool: true,
    host,
    port,
    secure: isSecure,
    // A certificate for "localhost" is nobody's to give.
    ignoreTLS: isLocal,
    requireTLS: auth !== null && !isLocal,
    ...(auth ? { auth } : {}),
    maxConnections: CONNECTIONS,
    // Only mails of which not a byte was sent: a connection kept open may have been closed meanwhile.
    maxRequeues: 1,
    idleTimeout: IDLE_MS,
    dnsTimeout: CONNECT_MS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  let pausedUntil = 0;

  return {
    send: async (mail, signal) => {
      const to = emailSchema.safeParse(mail.to);
      if (!to.success) throw new MailError('refused', 'The address is not one');
      // Else every waiting mail would sit out the time-outs of a dead server in turn, and sign-ins
      // refused again and again get us locked out.
      if (performance.now() < pausedUntil) {
        throw new MailError('unreachable', 'The mail server failed a moment ago');
      }
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        await transport.sendMail({
          messageId: `<${mail.id}@${domain}>`,
          from,
          // As an object: a string would be read as a list of addresses.
          to: { name: '', address: to.data },
          subject: mail.subject.replace(/\s+/g, ' '),
          text: mail.text,
          html: mail.html,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        const failure = toMailError(error);
        const isOurDoing = signal?.aborted === true;
        if (failure.kind === 'unreachable' && !isOurDoing) {
          pausedUntil = performance.now() + pauseMs;
        }
        throw failure;
      }
    },
    check: async () => {
      try {
        await transport.verify();
      } catch (error) {
        throw error instanceof Error ? toMailError(error) : error;
      }
    },
    close: () => transport.close({ force: true }),
  };
}
