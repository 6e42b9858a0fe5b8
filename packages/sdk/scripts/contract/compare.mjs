// What has changed between two contracts: what breaks programs, and what only adds.
import { compareSchemas } from './compare-schemas.mjs';

/** @returns sentences; `breaks` is empty where every program of `before` goes on working */
export function compareContracts(before, now) {
  const found = { breaks: [], additions: [] };
  for (const code of before.errors.filter((code) => !now.errors.includes(code))) {
    found.breaks.push(`the error code ${code} is gone`);
  }
  for (const code of now.errors.filter((code) => !before.errors.includes(code))) {
    found.additions.push(`the error code ${code} is new`);
  }
  for (const path of Object.keys({ ...before.procedures, ...now.procedures })) {
    const [old, next] = [before.procedures[path], now.procedures[path]];
    if (!next) found.breaks.push(`${path} is gone`);
    else if (!old) found.additions.push(`${path} is new`);
    else compareProcedures(path, [old, before.parts], [next, now.parts], found);
  }
  const isSilent = found.breaks.length + found.additions.length === 0;
  // Such as a bound that got wider.
  if (isSilent && JSON.stringify(before) !== JSON.stringify(now)) {
    found.additions.push('something has changed that breaks nothing');
  }
  return found;
}

function compareProcedures(path, [old, oldParts], [next, nextParts], { breaks, additions }) {
  if (old.kind !== next.kind) breaks.push(`${path} is a ${next.kind}, it was a ${old.kind}`);
  for (const [name, word] of [
    ['rest', 'address'],
    ['tool', 'tool'],
  ]) {
    if (old[name] === next[name]) continue;
    if (old[name] === null) additions.push(`${path} has the ${word} ${next[name]}`);
    else breaks.push(`${path}: the ${word} ${old[name]} is ${next[name] ?? 'gone'}`);
  }
  if (old.scope !== next.scope) {
    const isOpened = old.scope === null || next.scope === 'any';
    if (isOpened) additions.push(`${path} opens for ${next.scope}`);
    else breaks.push(`${path}: the scope ${old.scope} is ${next.scope ?? 'closed to keys'}`);
  }
  for (const code of old.errors.filter((code) => !next.errors.includes(code))) {
    breaks.push(`${path} fails with ${code} no longer`);
  }
  for (const code of next.errors.filter((code) => !old.errors.includes(code))) {
    additions.push(`${path} may fail with ${code}`);
  }

  const input = compareSchemas('input', [takes(old), oldParts], [takes(next), nextParts]);
  const said = ({ at, what }) => `${path}(${at.replace(/^\./, '')}) ${what}`;
  breaks.push(...input.breaks.map(said));
  additions.push(...input.additions.map(said));
  if (old.output === null) {
    if (next.output !== null) additions.push(`${path} answers something`);
  } else if (next.output === null) breaks.push(`${path} answers nothing`);
  else {
    const output = compareSchemas('output', [old.output, oldParts], [next.output, nextParts]);
    const told = ({ at, what }) => `${path} => ${at.replace(/^\./, '') || 'the answer'} ${what}`;
    breaks.push(...output.breaks.map(told));
    additions.push(...output.additions.map(told));
  }
}

/** An input as a field, since it may be left out as one. */
const takes = ({ input, isInputOptional }) => ({
  type: 'object',
  properties: input === null ? {} : { input },
  required: isInputOptional || input === null ? [] : ['input'],
});
