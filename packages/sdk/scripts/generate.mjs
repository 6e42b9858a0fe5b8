// Writes src/generated/ from the router: plain named interfaces that mention no server type.
// With --check it writes nothing and fails when the committed files are not what it would write.
// Also records the contract; what breaks programs is named and refused, unless --break says that it is meant.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listProcedures } from '@ainotebook/api';
import ts from 'typescript-api';
import { recordContract } from './contract/write.mjs';
import { TypePrinter } from './type-printer.mjs';

const root = path.resolve(import.meta.dirname, '..');
const entry = path.join(root, 'scripts/entry.ts');
const packages = path.resolve(root, '..');
const program = ts.createProgram([entry], {
  // From source: declarations emitted from inferred types have lost their comments.
  paths: {
    '@ainotebook/api/sdk-types': [path.join(packages, 'api/src/sdk-types.ts')],
    '@ainotebook/*': [path.join(packages, '*/src/index.ts')],
  },
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.es2024.string.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
});
const checker = program.getTypeChecker();
const source = program.getSourceFile(entry);
const errors = ts.getPreEmitDiagnostics(program, source);
if (errors.length > 0) {
  console.error(
    ts.formatDiagnostics(errors, {
      getCanonicalFileName: (f) => f,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    }),
  );
  process.exit(1);
}
const exported = (name) =>
  checker.getDeclaredTypeOfSymbol(
    checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find((s) => s.name === name),
  );
const at = (type, segments) =>
  segments.reduce(
    (t, segment) => checker.getTypeOfSymbol(checker.getPropertyOfType(t, segment)),
    type,
  );
const pascal = (text) =>
  text
    .split('.')
    .map((part) => part[0].toUpperCase() + part.slice(1))
    .join('');

const printer = new TypePrinter(program);
const [In, Parts, Procedures, Names] = ['In', 'Parts', 'Procedures', 'Names'].map(exported);

const declarations = [];
const drift = [];
const declare = (name, type, text, doc = '') => {
  const isInterface = text.startsWith('{') && !type.isUnion();
  const body = isInterface
    ? `interface ${name} ${text}`
    : `type ${name} = ${text};`.replace('= \n', '=\n');
  declarations.push(`${doc}export ${body}\n`);
};
for (const property of Names.getProperties()) {
  const type = checker.getTypeOfSymbol(property);
  const text = printer.print(type, { at: property.name, isTop: true });
  declare(property.name, type, text, documented(property, property.name, ''));
  printer.name(property.name, type);
  drift.push(`same<G.${property.name}, Names['${property.name}']>();`);
}

/** The comment of what is published: without one, the people who use it must guess. */
function documented(symbol, name, indent) {
  const doc = printer.doc(symbol, indent);
  if (!doc) printer.problems.push(`${name} has no comment`);
  return doc;
}

const resources = new Map();
const shapes = [];
const manifest = {};
const docs = {};
for (const { path: name, type: kind, meta, isStream } of listProcedures()) {
  if (!meta.isPublic) continue;
  const segments = name.split('.');
  if (segments.length !== 2) throw new Error(`${name}: a public procedure has two words`);
  const [resource, method] = segments;
  const index = segments.map((s) => `['${s}']`).join('');
  const input = at(In, segments);
  const output = at(Parts, segments);

  let parameter = '';
  let taken = 'void';
  if (!(input.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined))) {
    const given = checker.getNonNullableType(input);
    const params = `${pascal(name)}Params`;
    declare(params, given, printer.print(given, { at: `${name}(input)`, isTop: true }));
    const isOptional =
      given !== input ||
      (!given.isUnion() && given.getProperties().every((p) => p.flags & ts.SymbolFlags.Optional));
    parameter = `params${isOptional ? '?' : ''}: ${params}, `;
    taken = `G.${params}${given === input ? '' : ' | undefined'}`;
    drift.push(`same<G.${params}, Exclude<In${index}, undefined | void>>();`);
  }

  const items = checker.getPropertyOfType(output, 'items');
  const isPage =
    !output.isUnion() &&
    items &&
    checker.getPropertyOfType(output, 'nextCursor') &&
    output.getProperties().length === 2;
  const list = isPage ? checker.getTypeOfSymbol(items) : output;
  const isList = checker.isArrayType(list);
  const answer = isList ? checker.getTypeArguments(list)[0] : output;
  let text = printer.print(answer, { at: `${name}(output)` });
  if (text.includes('{')) {
    const own = `${pascal(name)}${isList ? 'Item' : 'Result'}`;
    declare(own, answer, text);
    text = own;
  }
  const qualified = text.replace(/\b[A-Z]\w*\b/g, (word) => (word === 'Date' ? word : `G.${word}`));
  const suffix = isList && !isPage ? '[]' : '';
  const wrapper = isStream ? 'EventStream' : isPage ? 'PagePromise' : 'Promise';
  const result = `${wrapper}<${text}${suffix}>`;
  const whole = isPage ? `G.Page<${qualified}>` : `${qualified}${suffix}`;
  const answered = isStream ? `AsyncIterable<${whole}>` : whole;
  drift.push(`same<${whole}, Parts${index}>();`);
  const symbol = checker.getPropertyOfType(at(Procedures, [resource]), method);
  const methods = resources.get(resource) ?? [];
  shapes.push({ resource, method, kind: pascal(kind), taken, answered });
  methods.push(
    `${documented(symbol, name, '  ')}  ${method}(${parameter}options?: RequestOptions): ${result};`,
  );
  resources.set(resource, methods);
  docs[name] = printer.words(symbol);
  // A reply that is stored under no key is not asked for twice.
  const isOnce = kind === 'mutation' && meta.idempotency === 'none';
  const letter = isOnce ? 'o' : kind === 'query' ? 'q' : 'm';
  // What is read is opened again where it broke off, and must be able to say where that was.
  const place = checker.getPropertyOfType(checker.getNonNullableType(input), 'after');
  if (isStream && kind === 'query' && !place) {
    printer.problems.push(`${name} is a stream that cannot be resumed: its input has no \`after\``);
  }
  manifest[name] = letter + (isStream ? 's' : isPage ? 'p' : '') + (parameter ? '' : '0');
}

const banner = '// Generated by scripts/generate.mjs from the router. Do not edit.\n';
const types = [
  banner,
  "import type { EventStream, PagePromise, RequestOptions } from '../runtime-types.js';\n",
  "export type { Page } from '../runtime-types.js';\n",
  ...declarations,
  ...[...resources].map(
    ([name, methods]) =>
      `/** \`client.${name}\` */\nexport interface ${pascal(name)}Resource {\n${methods.join('\n')}\n}\n`,
  ),
  '/** Every resource of the client. */',
  `export interface Resources {\n${[...resources.keys()].map((name) => `  readonly ${name}: ${pascal(name)}Resource;`).join('\n')}\n}\n`,
].join('\n');
const manifestText = `${banner}
/** \`q\` query, \`m\` mutation, \`o\` mutation to send once; \`p\` answers a page, \`0\` takes no input. */
export const manifest: Record<string, string> = ${JSON.stringify(manifest, null, 2)};
`;
const routerText = [
  banner,
  "import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';",
  "import type * as G from './types.js';\n",
  'type Query<I, O> = TRPCQueryProcedure<{ input: I; output: O; meta: object }>;',
  'type Mutation<I, O> = TRPCMutationProcedure<{ input: I; output: O; meta: object }>;\n',
  '/** Every public procedure, as tRPC has them. */',
  'export type Procedures = {',
  ...[...resources.keys()].flatMap((name) => [
    `  ${name}: {`,
    ...shapes
      .filter(({ resource }) => resource === name)
      .map(({ method, kind, taken, answered }) => `    ${method}: ${kind}<${taken}, ${answered}>;`),
    '  };',
  ]),
  '};\n',
].join('\n');
const docsText = `// Generated by packages/sdk/scripts/generate.mjs from the comments of the procedures. Do not edit.

/** What public procedures do and fail with, by their path: for those who cannot read comments. */
export const PROCEDURE_DOCS: Readonly<Record<string, { text: string; throws: string }>> = ${JSON.stringify(docs, null, 2)};
`;
const driftText = `${banner}// Fails to compile when the published types and the router differ.
import type * as G from '../src/generated/types.js';
import type { In, Names, Parts } from './entry.js';

/** Spelled out, so that an interface and what zod infers compare by their members alone. */
type Plain<T> = T extends Date ? T : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
/** Identity, not assignability: a new optional field is a difference too. */
type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;
function same<A, B>(..._equal: Same<A, B> extends true ? [] : ['the types differ']): void {}

${drift.join('\n')}
`;

if (printer.problems.length > 0) {
  for (const problem of new Set(printer.problems)) console.error(`cannot publish: ${problem}`);
  process.exit(1);
}
const files = {
  'src/generated/types.ts': types,
  'src/generated/manifest.ts': manifestText,
  'src/generated/trpc-router.ts': routerText,
  'scripts/drift.check.ts': driftText,
  '../api/src/procedure-docs.ts': docsText,
};
const isCheck = process.argv.includes('--check');
let isStale = false;
for (const [file, text] of Object.entries(files)) {
  const target = path.join(root, file);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  if (isCheck) {
    console.error(
      `${file} is not what the router gives; run: pnpm --filter @ainotebook/sdk generate`,
    );
    isStale = true;
  } else writeFileSync(target, text);
}
if (isStale) process.exit(1);
if (!isCheck) {
  const breaks = recordContract(docs, { isBreakMeant: process.argv.includes('--break') });
  if (breaks.length > 0) {
    console.error(`This breaks programs:\n${breaks.map((each) => `  ${each}`).join('\n')}`);
    console.error(
      'Keep the old way too, or see «Breaking changes» in packages/sdk/CONTRIBUTING.md',
    );
    process.exit(1);
  }
}
console.log(`${Object.keys(manifest).length} procedures, ${declarations.length} types`);
