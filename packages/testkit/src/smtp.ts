import { once } from 'node:events';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A mail as the stand-in took it. */
export interface TakenMail {
  /** Of the envelope: who it really goes to. */
  to: string[];
  from: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /** Header values by lower-case name. */
  headers: Record<string, string>;
}

/**
 * - `take`: every mail.
 * - `refuse`: recipients, for good (550).
 * - `defer`: mails, for now (451), once they are sent.
 * - `drop`: takes the mail and closes the connection before it says so.
 * - `silent`: connections, without ever greeting.
 */
type Behaviour = 'take' | 'refuse' | 'defer' | 'drop' | 'silent';

export interface SmtpStandIn {
  /** `smtp://127.0.0.1:port`, with the sign-in where one is asked for. */
  url: string;
  /** What was taken, oldest first; empty it between tests. */
  mails: TakenMail[];
  /** Connections so far. */
  connections: () => number;
  behave(behaviour: Behaviour): void;
  /** Refuses connections until `up`, on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an SMTP server on loopback that keeps what it takes and misbehaves on demand. */
export async function startSmtp(
  options: { auth?: { user: string; pass: string } } = {},
): Promise<SmtpStandIn> {
  const { auth } = options;
  const mails: TakenMail[] = [];
  let behaviour: Behaviour = 'take';
  let connections = 0;
  let port = 0;
  let server: SMTPServer | null = null;

  const make = () =>
    new SMTPServer({
      disabledCommands: auth ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
      allowInsecureAuth: true,
      authOptional: !auth,
      closeTimeout: 100,
      logger: false,
      onConnect: (_session, done) => {
        connections += 1;
        if (behaviour !== 'silent') done();
      },
      onAuth: (given, _session, done) => {
        const isRight = given.username === auth?.user && given.password === auth?.pass;
        if (isRight) done(null, { user: given.username });
        // Some servers repeat what they were sent.
        else done(refusal(535, `5.7.8 No such sign-in: ${given.username} ${given.password}`));
      },
      onRcptTo: ({ address }, _session, done) =>
        done(behaviour === 'refuse' ? refusal(550, `5.1.1 <${address}>: no such mailbox`) : null),
      onData: (stream, session, done) => {
        void take(stream, session.envelope.rcptTo).then((answer) => {
          if (behaviour === 'drop') dropConnections();
          else done(answer);
        }, done);
      },
    });
  const take = async (stream: AsyncIterable<Buffer>, rcptTo: { address: string }[]) => {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    if (behaviour === 'defer') return refusal(451, '4.3.0 Try again later');
    mails.push(await parse(Buffer.concat(parts), rcptTo));
    return null;
  };
  const dropConnections = () => {
    for (const connection of server?.connections ?? []) connection.close();
  };
  const up = async () => {
    server = make();
    // A client that leaves in the middle is what the tests are about.
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    const address = server.server.address();
    if (typeof address === 'object' && address) port = address.port;
  };
  const down = async () => {
    const former = server;
    server = null;
    if (former) await new Promise<void>((resolve) => former.close(() => resolve()));
  };

  await up();
  const signIn = auth ? `${encodeURIComponent(auth.user)}:${encodeURIComponent(auth.pass)}@` : '';
  return {
    url: `smtp://${signIn}127.0.0.1:${port}`,
    mails,
    connections: () => connections,
    behave: (next) => {
      behaviour = next;
    },
    down,
    up,
    stop: down,
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

async function parse(raw: Buffer, rcptTo: { address: string }[]): Promise<TakenMail> {
  const mail = await PostalMime.parse(raw);
  return {
    to: rcptTo.map(({ address }) => address),
    from: { name: mail.from?.name ?? '', address: mail.from?.address ?? '' },
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    messageId: mail.messageId ?? '',
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
  };
}
