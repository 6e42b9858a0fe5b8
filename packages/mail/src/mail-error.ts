/**
 * - `refused`: this very mail, for good; sent again, it would be refused again.
 * - `deferred`: for now, or for a reason that lies in our settings.
 * - `unreachable`: the server did not answer or did not let us in; other mails would fare no better.
 */
export type MailFailure = 'refused' | 'deferred' | 'unreachable';

/** Why a mail was not sent. The message names neither an address nor anything of a sign-in. */
export class MailError extends Error {
  override name = 'MailError';

  constructor(
    readonly kind: MailFailure,
    message: string,
  ) {
    super(message);
  }
}

const MAX_WORDS = 300;

/** What nodemailer's errors carry. */
interface SmtpFailure {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/**
 * A failure of nodemailer's as ours. The original is not kept as the cause: its message repeats what
 * the server said, which may be an address or part of a sign-in.
 */
export function toMailError(error: Error & SmtpFailure): MailError {
  const { code = error.name, command, response = '', responseCode } = error;
  const said = code === 'EAUTH' ? String(responseCode ?? '') : response.replace(/\S*@\S*/g, '…');
  const words = said.replace(/\s+/g, ' ').trim().slice(0, MAX_WORDS);
  return new MailError(
    kindOf(error),
    [command ? `${code} at ${command}` : code, words].filter(Boolean).join(': '),
  );
}

function kindOf({ code, command, responseCode }: SmtpFailure): MailFailure {
  if (responseCode === undefined || code === 'EAUTH') return 'unreachable';
  // About our sender or the order of commands it is a matter of settings: they can be mended.
  const isAboutMail = command === 'RCPT TO' || command === 'DATA';
  const isFinal = responseCode >= 500 && responseCode <= 599 && responseCode !== 503;
  return isAboutMail && isFinal ? 'refused' : 'deferred';
}
