import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { readPrivateJson, writePrivateJson } from '../secrets.js';

const demoFile = z.object({
  email: z.string(),
  password: z.string(),
  /** False while the articles are being made: an interrupted seed goes on at the next start. */
  isSeeded: z.boolean(),
});
export type DemoAccount = z.infer<typeof demoFile>;

const fileIn = (dataDir: string) => path.resolve(dataDir, 'demo.json');

/** The local demo's sign-in; null when none was made. */
export function readDemoAccount(dataDir: string): DemoAccount | null {
  const parsed = demoFile.safeParse(readPrivateJson(fileIn(dataDir)));
  return parsed.success ? parsed.data : null;
}

/** Makes a sign-in with a random password, kept where only this user of the machine reads it. */
export function makeDemoAccount(dataDir: string): DemoAccount {
  const made = {
    email: 'demo@example.com',
    password: randomBytes(9).toString('base64url'),
    isSeeded: false,
  };
  writePrivateJson(fileIn(dataDir), made);
  return made;
}

/** Remembers that the demo is complete. */
export function markDemoSeeded(dataDir: string, account: DemoAccount): DemoAccount {
  const done = { ...account, isSeeded: true };
  writePrivateJson(fileIn(dataDir), done);
  return done;
}
