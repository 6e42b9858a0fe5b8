import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { createAdmin } from '@ainotebook/api';
import type { Settings } from '../env.js';
import { UsageError } from '../failure.js';
import { migrateDatabase, withDatabaseUrl } from '../postgres.js';
import type { Compose } from '../runtime.js';
import { withRuntime } from './with-runtime.js';

interface Options {
  email: string;
  name: string;
  passwordStdin?: boolean;
}

/** `ainotebook create-admin`: the way to the first administrator in production. */
export async function createAdminCommand(
  settings: Settings,
  compose: Compose,
  options: Options,
): Promise<void> {
  const password = options.passwordStdin
    ? readFileSync(0, 'utf8').replace(/\r?\n$/, '')
    : await askPassword();
  const say = (line: string) => console.log(line);
  await withDatabaseUrl(settings, say, async (url) => {
    await migrateDatabase(url, say);
    await withRuntime({ settings, compose, url }, async ({ services }) => {
      const admin = await createAdmin(services, {
        email: options.email,
        displayName: options.name,
        password,
      });
      say(
        admin.isNew
          ? `${admin.email} is an administrator now.`
          : `${admin.email} existed already: it is an administrator now, with the new password. Its sessions and API keys have ended, and its webhooks are off.`,
      );
    });
  });
}

async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UsageError('There is no terminal to ask for a password: use --password-stdin.');
  }
  const first = await askHidden('Password: ');
  if (first !== (await askHidden('Again: '))) throw new UsageError('The two passwords differ.');
  return first;
}

async function askHidden(question: string): Promise<string> {
  process.stdout.write(question);
  // What is typed goes nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await prompt.question('');
  } finally {
    prompt.close();
    process.stdout.write('\n');
  }
}
