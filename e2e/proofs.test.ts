// The short forms of the long proofs, with fixed seeds.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const run = promisify(execFile);
const proofs = readdirSync(path.join(root, 'scripts/proof')).filter((file) =>
  file.endsWith('.proof.mjs'),
);

it.each(proofs)(
  '%s breaks no promise in its short form',
  async (file) => {
    const { stdout } = await run(
      process.execPath,
      [path.join(root, 'scripts/proof', file), '--short'],
      {
        cwd: root,
      },
    );
    const verdicts = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(verdicts.length).toBeGreaterThan(0);
    expect(verdicts.filter(({ verdict }) => verdict !== 'kept')).toEqual([]);
  },
  300_000,
);
