import { emailSchema } from '@ainotebook/contract';

/** Who mails come from. */
export interface Sender {
  name: string;
  address: string;
}

/** Where an SMTP server is and who we are there. */
export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte (`smtps:`); else STARTTLS where the server offers it. */
  isSecure: boolean;
  auth: { user: string; pass: string } | null;
  /** On this machine: nothing between us and the server can listen or change anything. */
  isLocal: boolean;
}

/**
 * Reads `Name <notes@example.com>` or a bare address.
 * @returns null when it is neither; the name is empty for a bare address
 */
export function parseSender(text: string): Sender | null {
  const named = /^([^<>]*)<([^<>]+)>$/.exec(text.trim());
  const [name = '', written = text] = named ? named.slice(1) : [];
  const address = emailSchema.safeParse(written);
  const plain = name.trim().replace(/^"(.*)"$/, '$1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  if (!address.success || /[\u0000-\u001f\u007f]/.test(plain)) return null;
  return { name: plain, address: address.data };
}

const PORTS: Record<string, number> = { 'smtp:': 587, 'smtps:': 465 };
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Reads `smtps://user:password@host:port`; ports default to 465 (smtps) and 587 (smtp).
 * @returns null for anything else. Options after `?` are refused: some of nodemailer's would log
 * passwords or read files.
 */
export function parseSmtpUrl(text: string): SmtpServer | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const port = PORTS[url.protocol];
  if (port === undefined || !url.hostname || url.search || url.hash) return null;
  if (url.pathname !== '' && url.pathname !== '/') return null;
  try {
    const user = decodeURIComponent(url.username);
    const pass = decodeURIComponent(url.password);
    if ((user === '') !== (pass === '')) return null;
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? port : Number(url.port),
      isSecure: url.protocol === 'smtps:',
      auth: user === '' ? null : { user, pass },
      isLocal: LOCAL.test(url.hostname),
    };
  } catch {
    // A percent sign that encodes nothing.
    return null;
  }
}
