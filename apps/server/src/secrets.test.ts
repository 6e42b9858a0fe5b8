import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEnv } from './env.js';
import { readSecrets } from './secrets.js';

const run = promisify(execFile);
const ROUNDS = 30;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const settingsIn = (dataDir: string) => parseEnv({ DATA_DIR: dataDir });

/** Reads the secrets of many folders, each at the same moment as the other processes do. */
const CHILD = `
  import { readSecrets } from ${JSON.stringify(new URL('../dist/secrets.js', import.meta.url).href)};
  const [folder, startsAt, rounds] = process.argv.slice(1);
  const found = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    while (Date.now() < Number(startsAt) + round * 20);
    const settings = { isEmbedded: true, secrets: null, encryption: null, env: { DATA_DIR: folder + '/' + round } };
    found.push(readSecrets(settings));
  }
  console.log(JSON.stringify(found));
`;

describe('secrets that nobody has set', () => {
  it('are made once, for their owner alone, and are the same at each start', () => {
    const first = readSecrets(settingsIn(folder));
    expect(readSecrets(settingsIn(folder))).toEqual(first);
    expect(new Set([first.access, first.refresh, first.encryption?.current]).size).toBe(3);
    expect(statSync(path.join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('are the same in all processes that start at once', async () => {
    const startsAt = String(Date.now() + 1_500);
    const args = ['--input-type=module', '-e', CHILD, folder, startsAt, String(ROUNDS)];
    const read = async () => JSON.parse((await run(process.execPath, args)).stdout) as unknown[];
    const [first, ...others] = await Promise.all(Array.from({ length: 4 }, read));
    expect(first).toHaveLength(ROUNDS);
    for (const other of others) expect(other).toEqual(first);
  });

  it('of a release before stay, and keys can be sealed under them', () => {
    const before = { access: 'a'.repeat(40), refresh: 'r'.repeat(40) };
    writeFileSync(path.join(folder, 'secrets.json'), JSON.stringify(before));
    const { encryption, ...rest } = readSecrets(settingsIn(folder));
    expect(rest).toEqual(before);
    expect(encryption?.current).toEqual(expect.any(String));
    expect(readSecrets(settingsIn(folder)).encryption).toEqual(encryption);
  });

  it('that are damaged are not replaced in silence, since everybody would be signed out', () => {
    writeFileSync(path.join(folder, 'secrets.json'), '{"access":"short"}');
    expect(() => readSecrets(settingsIn(folder))).toThrow(/holds no secrets/);
  });
});
