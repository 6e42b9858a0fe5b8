// What the package exports besides what comes from the router, as its declarations say it: a change of it is reviewed.
import path from 'node:path';
import ts from 'typescript-api';
import { expect, it } from 'vitest';

const dist = path.resolve(import.meta.dirname, '../dist');

/** Every declaration that an entry hands out and that is not generated, by name. */
function declarationsOf(entry) {
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  const checker = program.getTypeChecker();
  const index = checker.getSymbolAtLocation(program.getSourceFile(entry));
  return checker
    .getExportsOfModule(index)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
    .flatMap(({ declarations }) => declarations)
    .filter((declaration) => !declaration.getSourceFile().fileName.includes('/generated/'))
    .map((declaration) => ({
      name: declaration.name.text,
      // The comment and the word `export` of a constant stand before its list.
      text: (ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration)
        .getFullText()
        .trim(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ text }) => text);
}

it('exports what its report says; after a change that is meant: npx vitest run packages/sdk/scripts -u', async () => {
  const declarations = declarationsOf(path.join(dist, 'index.d.ts'));
  expect(declarations.length).toBeGreaterThan(20);
  const report = `// Written by scripts/api-report.test.mjs. Do not edit.\n\n${declarations.join('\n\n')}\n`;
  await expect(report).toMatchFileSnapshot('../etc/sdk.api.txt');
});
