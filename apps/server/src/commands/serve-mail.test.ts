import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, startSmtp } from '@ainotebook/testkit';
import { expect, it } from 'vitest';
import { command, freePort } from '../process-support.js';
import { send } from '../test-support.js';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'ainotebook-mail-'));

it('ainotebook serve sends mail by its settings, in order, and ends with its connections', {
  timeout: 60_000,
}, async () => {
  const database = await createTestDatabase();
  const smtp = await startSmtp({ auth: { user: 'notes', pass: 'canary password' } });
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = {
    PORT: String(port),
    DATABASE_URL: database.url,
    APP_URL: 'https://notes.test',
    APP_NAME: 'Our notes',
    SMTP_URL: smtp.url,
    MAIL_FROM: 'notes@notes.test',
    LOG_LEVEL: 'debug',
  };
  const server = command(['serve'], env, { cwd: scratch() });
  try {
    await server.until(/ready:/);
    const ready = await send(base, { path: '/ready' });
    expect(ready.json()).toMatchObject({ info: { mail: { status: 'configured' } } });
    const person = {
      email: 'anna@example.org',
      password: 'correct horse battery',
      displayName: 'Anna',
      locale: 'en',
    };
    const answer = await send(base, {
      method: 'POST',
      path: '/api/trpc/auth.register',
      headers: { 'content-type': 'application/json', 'x-ainotebook-client': 'test' },
      body: JSON.stringify({ json: person }),
    });
    expect(answer.status).toBe(200);
    while (smtp.mails.length === 0) await sleep(50);
    expect(smtp.mails[0]).toMatchObject({
      to: [person.email],
      from: { name: 'Our notes', address: 'notes@notes.test' },
      subject: 'Confirm your Our notes e-mail address',
    });
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.output()).not.toMatch(/canary|did not end cleanly/);
  } finally {
    server.child.kill('SIGKILL');
    await server.ended;
    await smtp.stop();
    await database.drop();
  }
});
