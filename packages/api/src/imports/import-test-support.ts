import { Readable } from 'node:stream';
import { schema } from '@ainotebook/db';
import { receiveAnyStream } from '@ainotebook/files';
import type { JobRun } from '@ainotebook/jobs';
import { makeZip, type ZipEntry } from '@ainotebook/testkit';
import { eq } from 'drizzle-orm';
import type { JobServices } from '../jobs.js';
import { type TestApi, type TestUser, testJobServices, useApi } from '../test-support.js';
import { createFileImport } from './create-import.js';
import { readSlice } from './read-import.js';
import { runSlice } from './run-import.js';

const { articles } = schema;

/** A whole PNG of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Two notes that link to each other, one of them with a picture. */
export const VAULT: ZipEntry[] = [
  { name: '.obsidian/app.json', data: '{}' },
  { name: 'p.png', data: PNG },
  {
    name: '日记/今天.md',
    data: '---\ndate: 2020-01-02\ntags: [旅行]\n---\n去 [[北京|首都]]\n\n![[p.png]] ![[none.png]]\n',
  },
  { name: '北京.md', data: '见 [今天](日记/今天.md)，[没有](x.md)\n' },
];

export interface TestImports extends TestApi {
  run(): JobRun;
  jobs(more?: Partial<JobServices>): JobServices;
  upload(user: TestUser, bytes: Buffer, name?: string): Promise<string>;
  /** Uploads and reads. */
  preview(user: TestUser, entries?: readonly ZipEntry[] | Buffer): Promise<string>;
  /** All the way. */
  imported(user: TestUser, entries?: readonly ZipEntry[] | Buffer): Promise<string>;
  /** The notes of a user, those in the trash too, by their titles. */
  notesOf(user: TestUser): Promise<(typeof schema.articles.$inferSelect)[]>;
}

/** The services of a test file, and what people do with imports. */
export function useImports(): TestImports {
  const test = useApi();
  const run = (): JobRun => ({
    db: test.services().db,
    outboxId: '00000000-0000-7000-8000-000000000000',
    attempt: 1,
    signal: new AbortController().signal,
    report: async () => undefined,
    once: () => Promise.reject(new Error('not used')),
  });
  const jobs = (more: Partial<JobServices> = {}) => testJobServices(test.services(), more);
  const helpers: TestImports = {
    ...test,
    run,
    jobs,
    upload: async (user, bytes, name = 'vault.zip') => {
      const { blobs } = test.services();
      const received = await receiveAnyStream(Readable.from([bytes]), {
        tempFolder: blobs.tempFolder,
        name,
      });
      return (await createFileImport(test.services(), { userId: user.id }, received)).id;
    },
    preview: async (user, entries = VAULT) => {
      const bytes = Buffer.isBuffer(entries) ? entries : makeZip(entries);
      const id = await helpers.upload(user, bytes);
      await readSlice(jobs(), run(), id);
      return id;
    },
    imported: async (user, entries = VAULT) => {
      const id = await helpers.preview(user, entries);
      await user.api.imports.start({ id });
      await runSlice(jobs(), run(), id);
      return id;
    },
    notesOf: (user) =>
      test
        .services()
        .db.select()
        .from(articles)
        .where(eq(articles.userId, user.id))
        .orderBy(articles.title),
  };
  return helpers;
}
