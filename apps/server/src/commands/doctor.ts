import { styleText } from 'node:util';
import type { BlobStore } from '@ainotebook/files';
import type { Command } from 'commander';
import { examine, unreadable } from '../doctor/examine.js';
import { type Finding, runbookOf } from '../doctor/finding.js';
import { EnvError, loadSettings, type Settings } from '../env.js';
import { redactText } from '../redact.js';

const LOOKS = {
  ok: ['green', ' ok '],
  warn: ['yellow', 'warn'],
  fail: ['red', 'FAIL'],
  off: ['gray', ' off'],
} as const;

/** Adds `ainotebook doctor`: what is wrong, how to mend it, and where that is explained. */
export function addDoctorCommand(
  program: Command,
  { makeBlobStore }: { makeBlobStore: (settings: Settings) => BlobStore },
): void {
  program
    .command('doctor')
    .description(
      'look at settings, database, Redis, disk, address and backups, and say what to mend',
    )
    .option('--live', 'call the services of others too, which may cost a few tokens')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing fails (warnings may be there), 1 something does.',
    )
    .action(async ({ live: isLive = false, json: isJson = false }) => {
      const found = (await examineAll(makeBlobStore, isLive)).map(withoutSecrets);
      const isHealthy = found.every(({ status }) => status !== 'fail');
      if (isJson) {
        const findings = found.map((one) => ({ ...one, runbook: runbookOf(one.check) }));
        console.log(JSON.stringify({ ok: isHealthy, findings }));
      } else print(found);
      if (!isHealthy) process.exitCode = 1;
    });
}

async function examineAll(
  makeBlobStore: (settings: Settings) => BlobStore,
  isLive: boolean,
): Promise<Finding[]> {
  try {
    const settings = loadSettings();
    return await examine(settings, { blobs: makeBlobStore(settings), isLive });
  } catch (error) {
    if (error instanceof EnvError) return unreadable(error);
    throw error;
  }
}

const withoutSecrets = (one: Finding): Finding => ({ ...one, says: redactText(one.says) });

function print(found: readonly Finding[]): void {
  for (const { check, status, says, mend } of found) {
    const [color, word] = LOOKS[status];
    const label = process.stdout.isTTY ? styleText(color, word) : word;
    console.log(`${label}  ${check}: ${says}`);
    if (mend) console.log(`        ${mend}  (${runbookOf(check)})`);
  }
  const count = (wanted: Finding['status']) =>
    found.filter(({ status }) => status === wanted).length;
  console.log(`\n${count('fail')} to mend, ${count('warn')} to look at.`);
}
