import { randomBytes } from 'node:crypto';
import { makeZip } from '@ainotebook/testkit';
import { expect, it } from 'vitest';
import { openArchive } from './open-archive.js';
import { fileOf } from './test-support.js';

const large = randomBytes(1_000_000);
const entries = [
  { name: 'empty', data: '' },
  { name: 'small', data: '小'.repeat(100) },
  { name: 'stored', data: large, method: 0 },
  { name: 'packed', data: large },
];

it('gives each entry whole, small ones and large ones, at the same time and in any order', async () => {
  const archive = await openArchive(fileOf(makeZip(entries)));
  const read = entries.toReversed().map(({ name }) => archive.read(name, 2_000_000));
  const bytes = await Promise.all(read);
  expect(bytes.map(({ length }) => length)).toEqual([1_000_000, 1_000_000, 300, 0]);
  expect(bytes[0]?.equals(large) && bytes[1]?.equals(large)).toBe(true);
  expect(bytes[2]?.toString()).toBe(entries[1]?.data);
  archive.close();
});

it('can be read on when an entry was given up, and is closed once', async () => {
  const archive = await openArchive(fileOf(makeZip(entries)));
  for await (const chunk of archive.stream('stored', 2_000_000)) {
    expect(chunk.length).toBeLessThan(large.length);
    break;
  }
  expect((await archive.read('small', 1_000)).toString()).toBe(entries[1]?.data);
  archive.close();
  // A file that was closed twice is an error that nobody handles, which fails the run of the tests.
  await new Promise((resolve) => setTimeout(resolve, 50));
});

it.each(['small', 'packed'])('says so when the bytes of a %s entry are others', async (name) => {
  const broken = entries.map((entry) =>
    entry.name === name ? { ...entry, claimedCrc: 1 } : entry,
  );
  const archive = await openArchive(fileOf(makeZip(broken)));
  await expect(archive.read(name, 2_000_000)).rejects.toMatchObject({ code: 'damaged' });
  const longer = entries.map((entry) =>
    entry.name === name ? { ...entry, claimedSize: 5 } : entry,
  );
  const lying = await openArchive(fileOf(makeZip(longer)));
  await expect(lying.read(name, 2_000_000)).rejects.toMatchObject({ code: 'damaged' });
  archive.close();
  lying.close();
});
