// What a declaration file may not hold: a consumer has this package and TypeScript, nothing else.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SPECIFIER = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"]+)['"]/g;
const DIRECTIVE = /^\/\/\/\s*<(?:reference|amd)[^\n]*|\bdeclare (?:module|global)\b[^\n]*/gm;
/** Types of the server's libraries, of Node, and of a workspace. */
const FOREIGN =
  /\b(?:Pg[A-Z]\w*|Zod[A-Z]?\w*|TRPC\w*|AnyRouter|Drizzle\w*|Redis|Express|Buffer|NodeJS)\b|\bany\b|node_modules|\b(?:packages|apps)\//g;
/** These are types for people who have tRPC; it is an optional peer. */
const FOR_TRPC = /^(?:trpc|generated\/trpc-router)\.d\.ts$/;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g;

/** Everything in the `.d.ts` files of a folder that a consumer could not resolve, a line each. */
export function findLeaks(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.d.ts'))
    .flatMap((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const code = text.replace(COMMENT, '');
      const unresolved = [...code.matchAll(SPECIFIER)]
        .map(([, specifier]) => specifier)
        .filter((specifier) => !isInside(folder, path.dirname(file), specifier))
        .filter((specifier) => !(FOR_TRPC.test(file) && specifier === '@trpc/server'));
      return [
        ...unresolved.map((specifier) => `${file} imports ${specifier}`),
        ...(text.match(DIRECTIVE) ?? []).map((line) => `${file} says ${line}`),
        ...(code.match(FOREIGN) ?? [])
          .filter((word) => !(FOR_TRPC.test(file) && word.startsWith('TRPC')))
          .map((word) => `${file} names ${word}`),
      ];
    });
}

function isInside(folder, from, specifier) {
  if (!specifier.startsWith('.')) return false;
  const file = path.join(from, specifier.replace(/\.js$/, '.d.ts'));
  return !file.startsWith('..') && existsSync(path.join(folder, file));
}
