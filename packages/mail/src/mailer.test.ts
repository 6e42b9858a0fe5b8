import { type SmtpStandIn, startSmtp } from '@ainotebook/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { MailError } from './mail-error.js';
import { createMailer, type Mail, type Mailer, type MailerOptions } from './mailer.js';

const FROM = { name: '笔记本', address: 'notes@example.org' };
const open: { smtp: SmtpStandIn; mailer: Mailer }[] = [];

afterEach(async () => {
  for (const { smtp, mailer } of open.splice(0)) {
    mailer.close();
    await smtp.stop();
  }
});

async function start(
  options: Partial<MailerOptions> & { auth?: { user: string; pass: string } } = {},
) {
  const { auth, ...rest } = options;
  const smtp = await startSmtp(auth ? { auth } : {});
  const mailer = createMailer({ url: smtp.url, from: FROM, pauseMs: 0, ...rest });
  open.push({ smtp, mailer });
  return { smtp, mailer };
}

const letter: Mail = {
  id: '0190a000-0000-7000-8000-000000000001',
  to: 'anna@example.com',
  subject: '重置密码',
  text: '你好\n第二行',
  html: '<p>你好</p>',
};

/** What a send fails with. */
async function failure(send: Promise<void>): Promise<MailError> {
  const error = await send.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MailError)) throw new Error('it did not fail as it should');
  return error;
}

describe('a mail', () => {
  it('arrives with its words, its sender and the mark of a machine', async () => {
    const { smtp, mailer } = await start();
    await mailer.send(letter);
    expect(smtp.mails).toHaveLength(1);
    expect(smtp.mails[0]).toMatchObject({
      to: ['anna@example.com'],
      from: FROM,
      subject: '重置密码',
      messageId: `<${letter.id}@example.org>`,
    });
    expect(smtp.mails[0]?.text.trim()).toBe(letter.text);
    expect(smtp.mails[0]?.html.trim()).toBe(letter.html);
    expect(smtp.mails[0]?.headers).toMatchObject({ 'auto-submitted': 'auto-generated' });
  });

  it('cannot gain a header or a recipient by its subject', async () => {
    const { smtp, mailer } = await start();
    const subject = 'Hello\r\nBcc: eve@example.com\r\n\r\nbody\n.\nQUIT';
    await mailer.send({ ...letter, subject });
    expect(smtp.mails[0]?.to).toEqual(['anna@example.com']);
    expect(smtp.mails[0]?.headers.bcc).toBeUndefined();
    expect(smtp.mails[0]?.subject).toBe('Hello Bcc: eve@example.com body . QUIT');
  });

  it.each([
    '',
    'anna',
    'anna@example.com, eve@example.com',
    'anna@example.com\r\nRCPT TO:<eve@example.com>',
    'Anna <anna@example.com>',
    '<anna@example.com>',
  ])('goes to one plain address and is refused to %j', async (to) => {
    const { smtp, mailer } = await start();
    const error = await failure(mailer.send({ ...letter, to }));
    expect(error.kind).toBe('refused');
    expect(smtp.connections()).toBe(0);
  });

  it('goes over a connection that is kept, and over a new one when that was closed', async () => {
    const { smtp, mailer } = await start();
    await mailer.send(letter);
    await mailer.send(letter);
    expect(smtp.connections()).toBe(1);
    await smtp.down();
    await smtp.up();
    await mailer.send(letter);
    expect(smtp.mails).toHaveLength(3);
  });
});

describe('a mail that is not taken', () => {
  it('is refused for good when the server knows no such mailbox, without naming it', async () => {
    const { smtp, mailer } = await start();
    smtp.behave('refuse');
    const error = await failure(mailer.send(letter));
    expect(error.kind).toBe('refused');
    expect(error.message).toMatch(/^EENVELOPE at RCPT TO: 550 5\.1\.1/);
    expect(error.message).not.toContain('anna');
    smtp.behave('take');
    await mailer.send(letter);
    expect(smtp.mails).toHaveLength(1);
  });

  it('is deferred when the server asks to come again', async () => {
    const { smtp, mailer } = await start();
    smtp.behave('defer');
    expect((await failure(mailer.send(letter))).kind).toBe('deferred');
  });

  it('meets a server that is down, and goes out once it is up', async () => {
    const { smtp, mailer } = await start();
    await smtp.down();
    expect((await failure(mailer.send(letter))).kind).toBe('unreachable');
    await smtp.up();
    await mailer.send(letter);
    expect(smtp.mails).toHaveLength(1);
  });

  it('waits no longer than it may for a server that says nothing', async () => {
    const { smtp, mailer } = await start({ timeoutMs: 300 });
    smtp.behave('silent');
    expect((await failure(mailer.send(letter))).kind).toBe('unreachable');
  });

  it('may have been taken when the connection is lost before the answer', async () => {
    const { smtp, mailer } = await start();
    smtp.behave('drop');
    expect((await failure(mailer.send(letter))).kind).toBe('unreachable');
    smtp.behave('take');
    await mailer.send(letter);
    expect(smtp.mails.map((mail) => mail.messageId)).toEqual([
      `<${letter.id}@example.org>`,
      `<${letter.id}@example.org>`,
    ]);
  });

  it('is given up at once by its caller, and the next one is sent', async () => {
    const { smtp, mailer } = await start({ pauseMs: 60_000 });
    smtp.behave('silent');
    const caller = new AbortController();
    const sending = failure(mailer.send(letter, caller.signal));
    caller.abort();
    expect((await sending).message).toBe('EABORT');
    smtp.behave('take');
    await mailer.send(letter);
    expect(smtp.mails).toHaveLength(1);
  });

  it('spares the ones after it the wait for a server that has just failed', async () => {
    const { smtp, mailer } = await start({ pauseMs: 60_000 });
    await smtp.down();
    await failure(mailer.send(letter));
    await smtp.up();
    expect((await failure(mailer.send(letter))).message).toBe(
      'The mail server failed a moment ago',
    );
    expect(smtp.connections()).toBe(0);
  });
});

describe('a sign-in', () => {
  const auth = { user: 'notes@example.org', pass: 'p@ss: 密码' };

  it('is made with the account of the address', async () => {
    const { smtp, mailer } = await start({ auth });
    await mailer.send(letter);
    expect(smtp.mails).toHaveLength(1);
  });

  it('that is refused shows neither name nor password, and may work later', async () => {
    const { smtp } = await start({ auth });
    const url = smtp.url.replace(/:[^:@]+@/, ':canary-secret@');
    const mailer = createMailer({ url, from: FROM });
    const error = await failure(mailer.send(letter));
    mailer.close();
    expect(error.kind).toBe('unreachable');
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toMatch(
      /canary|notes@|Y2FuYXJ5/,
    );
    expect(smtp.mails).toEqual([]);
  });
});

it('a closed mailer fails what was under way', async () => {
  const { smtp, mailer } = await start();
  smtp.behave('silent');
  const sending = failure(mailer.send(letter));
  mailer.close();
  expect((await sending).kind).toBe('unreachable');
});
