import { LIMITS } from '@ainotebook/contract';
import { makeZip } from '@ainotebook/testkit';
import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import { useImports } from './import-test-support.js';
import { runSlice } from './run-import.js';

const test = useImports();
const { run, jobs, imported, preview } = test;

interface Named {
  id: string;
  parentId: string | null;
  name: string;
  path: string;
}

const archiveOf = (notebooks: readonly Named[]) => {
  const head = {
    format: 'ainotebook-archive',
    version: 1,
    exportedAt: '2026-03-03T08:00:00.000Z',
    scope: 'everything',
    mayDiffer: [],
  };
  const lines = notebooks.map((notebook) => JSON.stringify(notebook)).join(',\n');
  const data = `{\n${JSON.stringify(head).slice(1, -1)},\n"notebooks":[\n${lines}\n]\n}\n`;
  return makeZip([{ name: 'manifest.json', data }]);
};
const many = (count: number): Named[] =>
  Array.from({ length: count }, (_, i) => ({
    id: v7(),
    parentId: null,
    name: `n${i}`,
    path: `notes/n${i}`,
  }));

it('an archive with more notebooks than there may be makes as many as there may be', async () => {
  const [user, other] = [await test.user(), await test.user()];
  await user.api.notebooks.create({ name: 'own' });
  const id = await imported(user, archiveOf(many(LIMITS.notebooksPerUser + 500)));
  expect(await user.api.imports.get({ id })).toMatchObject({ status: 'done' });
  expect(await user.api.notebooks.list()).toHaveLength(LIMITS.notebooksPerUser);
  expect(await other.api.notebooks.list()).toEqual([]);
});

it('an archive that names a notebook again and again makes it once, and none too deep', async () => {
  const user = await test.user();
  const [one] = many(1);
  if (!one) throw new Error('there is one');
  const chain = many(LIMITS.notebookDepth + 3).map((notebook, i, all) => ({
    ...notebook,
    path: `notes/deep/${i}`,
    parentId: all[i - 1]?.id ?? null,
  }));
  await imported(
    user,
    archiveOf([one, one, { ...one, id: v7() }, { ...one, path: 'x' }, ...chain]),
  );
  const made = await user.api.notebooks.list();
  expect(made).toHaveLength(1 + LIMITS.notebookDepth);
});

it('an import that is told to stop makes no notebook', async () => {
  const user = await test.user();
  const id = await preview(user, archiveOf(many(50)));
  await user.api.imports.start({ id });
  const stopped = { ...run(), signal: AbortSignal.abort(new Error('stopped')) };
  await expect(runSlice(jobs(), stopped, id)).rejects.toThrow('stopped');
  expect(await user.api.notebooks.list()).toEqual([]);
  await runSlice(jobs(), run(), id);
  expect(await user.api.notebooks.list()).toHaveLength(50);
});
