// Runs proofs of scripts/proof and gathers what they say.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const folder = path.join(import.meta.dirname, 'proof');

/**
 * Run without any other beside it, for their verdicts hang on time that another program would take: in `cache` and
 * `redis-down` Redis has 100 ms to answer, in `reload`, `pm2` and `bare-metal` an idle connection has a moment between two
 * requests, in `outbox` and `queue` a run has a lease; `accessibility` uses both cores by itself. The others mostly wait.
 */
const ALONE = [
  'accessibility',
  'bare-metal',
  'cache',
  'outbox',
  'pm2',
  'queue',
  'redis-down',
  'reload',
];

/** Names of all proofs. */
export const PROOFS = readdirSync(folder)
  .filter((file) => file.endsWith('.proof.mjs'))
  .map((file) => file.replace('.proof.mjs', ''))
  .sort();

/**
 * Runs one.
 * @param {string} name
 * @param {{ args?: string[], onLine?: (line: string) => void }} options
 * @returns {Promise<{ proof: string, rows: { promise: string, figure: object, verdict: string }[], code: number, complaints: string }>}
 *   `complaints`: the end of what it said of errors
 */
export async function runProof(name, { args = [], onLine } = {}) {
  const child = spawn(process.execPath, [path.join(folder, `${name}.proof.mjs`), ...args], {
    cwd: path.dirname(import.meta.dirname),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    process.stderr.write(chunk);
    complaints = (complaints + chunk).slice(-3_000);
  });
  const rows = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) rows.push(JSON.parse(line));
    onLine?.(line);
  }
  return { proof: name, rows, code: await ended, complaints };
}

/**
 * The proofs in two lists: those of the first one by one, those of the second two at a time.
 * @param {string[]} names
 */
export const scheduleOf = (names) => ({
  alone: names.filter((name) => ALONE.includes(name)),
  paired: names.filter((name) => !ALONE.includes(name)),
});

/** A figure as text: `name 3, other 4`. */
export const figureText = (figure) =>
  typeof figure === 'object'
    ? Object.entries(figure)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')
    : String(figure);
