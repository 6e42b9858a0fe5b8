import { LIMITS } from '@ainotebook/contract/limits';
import { expect, it } from 'vitest';
import { droppedFiles, type GivenFile, sourcesOf } from './given-files.js';

const given = (path: string): GivenFile => ({
  path,
  file: new File(['x'], path.split('/').at(-1) ?? ''),
});
const namesOf = (...paths: string[]) => sourcesOf(paths.map(given))?.map(({ name }) => name);

it('makes one import of notes and what they show, and one of each document', () => {
  expect(namesOf('a.md')).toEqual(['a.md']);
  expect(namesOf('a.md', 'b.docx', 'b.md', 'c.png', 'd.zip')).toEqual([
    expect.stringMatching(/3.*\.zip$/),
    'b.docx',
    'd.zip',
  ]);
  expect(namesOf('Vault/a.md', 'Vault/x/b.docx')).toEqual(['Vault.zip']);
  expect(namesOf('Vault/a.md')).toEqual(['Vault.zip']);
});

it('takes no more at once than may be open, and none in silence', () => {
  const documents = (count: number) =>
    Array.from({ length: count }, (_, index) => given(`${index}.docx`));
  expect(sourcesOf(documents(LIMITS.importsOpenPerUser))).toHaveLength(LIMITS.importsOpenPerUser);
  expect(sourcesOf(documents(LIMITS.importsOpenPerUser + 1))).toBeNull();
});

/** A folder as a browser hands it over, some entries at a time. */
function entry(fullPath: string, children?: unknown[]): unknown {
  const rest = [...(children ?? [])];
  const name = fullPath.split('/').at(-1) ?? '';
  return {
    fullPath,
    isDirectory: children !== undefined,
    file: (done: (file: File) => void) => done(new File(['x'], name)),
    createReader: () => ({
      readEntries: (done: (all: unknown[]) => void) => done(rest.splice(0, 2)),
    }),
  };
}

it('reads a folder with all that is in it, but for what programs keep for themselves', async () => {
  const folder = entry('/库', [
    entry('/库/.obsidian', [entry('/库/.obsidian/app.json'), entry('/库/.obsidian/plugin.js')]),
    entry('/库/.git', [entry('/库/.git/HEAD')]),
    entry('/库/图', [entry('/库/图/a.png')]),
    entry('/库/a.md'),
    entry('/库/b.md'),
  ]);
  const items = [folder, entry('/c.md')].map((each) => ({ webkitGetAsEntry: () => each }));
  const data = { files: [], items } as unknown as DataTransfer;
  expect((await droppedFiles(data)).map(({ path }) => path)).toEqual([
    '库/.obsidian/app.json',
    '库/图/a.png',
    '库/a.md',
    '库/b.md',
    'c.md',
  ]);
});
