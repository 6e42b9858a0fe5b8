import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compareContracts } from './compare.mjs';
import { contractText, presentContract } from './record.mjs';

const file = path.resolve(import.meta.dirname, '../../contract.json');

/** Records in contract.json what has been added. @returns what would break programs; then nothing is recorded */
export function recordContract(docs, { isBreakMeant }) {
  const now = presentContract(docs);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : now;
  const { breaks, additions } = compareContracts(before, now);
  if (breaks.length > 0 && !isBreakMeant) return breaks;
  for (const change of [...breaks, ...additions]) console.log(`recorded: ${change}`);
  writeFileSync(file, `${contractText(now)}\n`);
  return [];
}
