import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { schema } from '@ainotebook/db';
import { blobKey } from '@ainotebook/files';
import { createDispatcher } from '@ainotebook/jobs';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { toAppError } from '../errors.js';
import { createJobHandlers } from '../jobs.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';
import { collectBlobs } from './collect-blobs.js';
import { accessFile, signFileAddresses } from './file-access.js';
import { storeUpload, type Upload } from './store-upload.js';

const QUOTA = 10_000;
const t = useApi({ config: { fileQuotaBytes: QUOTA } });

async function received(bytes: Buffer): Promise<Upload> {
  const { tempFolder } = t.services().blobs;
  await mkdir(tempFolder, { recursive: true });
  const file = path.join(tempFolder, `${randomBytes(8).toString('hex')}.part`);
  await writeFile(file, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    path: file,
    name: 'a.png',
    mediaType: 'image/png',
    size: bytes.length,
    sha256,
    image: null,
  };
}

const store = async (user: TestUser, bytes: Buffer) =>
  storeUpload(t.services(), { userId: user.id }, await received(bytes));
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => toAppError(error).code,
  );
const isKept = async (sha256: string) => {
  const stream = await t.services().blobs.open(blobKey(sha256));
  stream?.destroy();
  return stream !== null;
};
const refsOf = async (sha256: string) => {
  const { blobs } = schema;
  const rows = await t.services().db.select().from(blobs).where(eq(blobs.sha256, sha256));
  return rows[0]?.refs ?? null;
};
/** Pretends that bytes were last touched two hours ago. */
const age = (sha256: string) =>
  t
    .services()
    .db.update(schema.blobs)
    .set({ touchedAt: sql`now() - interval '2 hours'` })
    .where(eq(schema.blobs.sha256, sha256));

describe('uploads', () => {
  it('are one file however often the same bytes come, and one blob for two people', async () => {
    const [a, b] = [await t.user(), await t.user()];
    const bytes = randomBytes(500);
    const first = await store(a, bytes);
    const again = await store(a, bytes);
    expect([first.isNew, again.isNew]).toEqual([true, false]);
    expect(again.file.id).toBe(first.file.id);
    const other = await store(b, bytes);
    expect(other.file.id).not.toBe(first.file.id);
    expect(await refsOf(first.file.sha256)).toBe(2);
    expect(await b.api.files.usage()).toMatchObject({ usedBytes: 500, fileCount: 1 });
    const { tempFolder } = t.services().blobs;
    expect(await readdir(tempFolder)).toEqual([]);
  });

  it('of the same bytes at once are one file', async () => {
    const user = await t.user();
    const bytes = randomBytes(900);
    const all = await Promise.all(Array.from({ length: 12 }, () => store(user, bytes)));
    expect(new Set(all.map(({ file }) => file.id)).size).toBe(1);
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await refsOf(all[0]?.file.sha256 ?? '')).toBe(1);
  });

  it('never exceed the quota together, whatever their order', async () => {
    const [user, other] = [await t.user(), await t.user()];
    const calls = Array.from({ length: 50 }, () => codeOf(store(user, randomBytes(600))));
    const codes = await Promise.all(calls);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(16);
    expect(codes.filter((code) => code === 'quota_exceeded')).toHaveLength(34);
    expect(await user.api.files.usage()).toMatchObject({ usedBytes: 9_600, quotaBytes: QUOTA });
    expect(await codeOf(store(other, randomBytes(600)))).toBe('ok');
  });

  it('make room again when a file is removed, and only by its owner', async () => {
    const [user, other] = [await t.user(), await t.user()];
    const { file } = await store(user, randomBytes(QUOTA));
    expect(await codeOf(store(user, randomBytes(1)))).toBe('quota_exceeded');
    expect(await codeOf(other.api.files.remove({ id: file.id }))).toBe('not_found');
    await user.api.files.remove({ id: file.id });
    expect(await codeOf(store(user, randomBytes(QUOTA)))).toBe('ok');
  });
});

describe('collecting what nobody has', () => {
  const collect = () => collectBlobs(t.services());

  it('leaves what is new, held by another, or uploaded again', async () => {
    const [a, b] = [await t.user(), await t.user()];
    const [shared, alone, again] = [randomBytes(100), randomBytes(100), randomBytes(100)];
    const { file } = await store(a, shared);
    await store(b, shared);
    const { file: lonely } = await store(a, alone);
    const { file: repeated } = await store(a, again);
    for (const { id } of [file, lonely, repeated]) await a.api.files.remove({ id });
    await collect();
    for (const { sha256 } of [file, lonely, repeated]) expect(await isKept(sha256)).toBe(true);
    for (const { sha256 } of [file, lonely, repeated]) await age(sha256);
    await store(b, again);
    await collect();
    expect(await isKept(file.sha256)).toBe(true);
    expect(await isKept(lonely.sha256)).toBe(false);
    expect(await refsOf(lonely.sha256)).toBeNull();
    expect(await isKept(repeated.sha256)).toBe(true);
  });

  it('finishes a removal that a crash cut off between the bytes and their row', async () => {
    const user = await t.user();
    const bytes = randomBytes(100);
    const { file } = await store(user, bytes);
    await user.api.files.remove({ id: file.id });
    await t.services().blobs.remove(blobKey(file.sha256));
    // The next upload stores them anew, although the row is there.
    const back = await store(user, bytes);
    expect(await isKept(file.sha256)).toBe(true);
    await user.api.files.remove({ id: back.file.id });
    await age(file.sha256);
    await t.services().blobs.remove(blobKey(file.sha256));
    await collect();
    expect(await refsOf(file.sha256)).toBeNull();
  });

  it('beside uploads of the very same bytes never takes what a file names', async () => {
    const users = await Promise.all(Array.from({ length: 4 }, () => t.user()));
    const bytes = randomBytes(200);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    for (let round = 0; round < 15; round++) {
      const uploads = users.map(async (user) => {
        const { file } = await store(user, bytes);
        if (round % 2 === 0) await user.api.files.remove({ id: file.id });
      });
      const collecting = Array.from({ length: 3 }, async () => {
        await age(sha256);
        await collect();
      });
      await Promise.allSettled([...uploads, ...collecting]);
      const { rows } = await t
        .services()
        .db.execute<{ count: number }>(
          sql`select count(*)::int as count from files where sha256 = ${sha256}`,
        );
      const held = rows[0]?.count ?? 0;
      expect((await refsOf(sha256)) ?? 0).toBe(held);
      if (held > 0) expect(await isKept(sha256)).toBe(true);
    }
  });

  it('gives back the bytes of an account that is deleted', async () => {
    const user = await t.user();
    const { file } = await store(user, randomBytes(100));
    await t.services().db.execute(sql`delete from users where id = ${user.id}`);
    await age(file.sha256);
    await collect();
    expect(await isKept(file.sha256)).toBe(false);
  });
});

describe('who may load a file', () => {
  const access = async (
    id: string,
    viewer: TestUser | null = null,
    link: { expires: string; signature: string } | null = null,
  ) => {
    const found = await accessFile(t.services(), {
      id,
      viewerId: viewer?.id ?? null,
      variant: null,
      link,
    });
    return found.kind === 'open' ? found.file.audience : found.kind;
  };

  it('its owner, and the readers of a published article until that is withdrawn', async () => {
    const [user, other] = [await t.user(), await t.user()];
    const { file } = await store(user, randomBytes(100));
    const content = `![x](${file.url})`;
    const { id } = await user.api.articles.create({ title: 'x', content });
    expect(await access(file.id, user)).toBe('owner');
    expect(await access(file.id, other)).toBe('missing');
    expect(await access(file.id)).toBe('missing');
    await user.api.publications.publish({ articleId: id });
    expect(await access(file.id)).toBe('public');
    expect(await access(file.id, user)).toBe('owner');
    await user.api.publications.unpublish({ articleId: id });
    expect(await access(file.id, other)).toBe('gone');
    await user.api.publications.publish({ articleId: id });
    await user.api.articles.delete({ id });
    expect(await access(file.id)).toBe('gone');
  });

  it('not the readers of a text in which somebody else names it', async () => {
    const [user, thief] = [await t.user(), await t.user()];
    const { file } = await store(user, randomBytes(100));
    const content = `![x](${file.url})`;
    const { id } = await thief.api.articles.create({ title: 'x', content });
    await thief.api.publications.publish({ articleId: id });
    expect(await access(file.id, thief)).toBe('missing');
    expect(await signFileAddresses(t.services(), thief.id, `<img src="${file.url}">`)).toBe(
      `<img src="${file.url}">`,
    );
  });

  it('no longer the readers of a text that was published again without it', async () => {
    const user = await t.user();
    const { file } = await store(user, randomBytes(100));
    const article = await user.api.articles.create({ title: 'x', content: `![](${file.url})` });
    await user.api.publications.publish({ articleId: article.id });
    await user.api.articles.save({
      id: article.id,
      baseRevision: 1,
      data: { title: 'x', content: 'none' },
    });
    expect(await access(file.id)).toBe('public');
    await user.api.publications.publish({ articleId: article.id });
    expect(await access(file.id)).toBe('missing');
  });

  it('whoever holds a signed address, for that file and for some hours', async () => {
    const user = await t.user();
    const [{ file }, { file: second }] = [
      await store(user, randomBytes(100)),
      await store(user, randomBytes(100)),
    ];
    const linkIn = (html: string) => {
      const { searchParams } = new URL(
        /src="([^"]+)"/.exec(html)?.[1]?.replace('&#x26;', '&') ?? '',
        'http://x',
      );
      return {
        expires: searchParams.get('expires') ?? '',
        signature: searchParams.get('signature') ?? '',
      };
    };
    const html = `<img src="${file.url}" alt="">`;
    const link = linkIn(await signFileAddresses(t.services(), user.id, html));
    expect(await access(file.id, null, link)).toBe('guest');
    expect(await access(second.id, null, link)).toBe('missing');
    const later = String(Number(link.expires) + 3_600_000);
    expect(await access(file.id, null, { ...link, expires: later })).toBe('missing');
    const old = linkIn(
      await signFileAddresses(t.services(), user.id, html, Date.now() - 10_800_000),
    );
    expect(await access(file.id, null, old)).toBe('missing');
  });

  it('nobody when the account is suspended', async () => {
    const user = await t.user();
    const { file } = await store(user, randomBytes(100));
    await t.services().db.execute(sql`update users set status = 'suspended' where id = ${user.id}`);
    expect(await access(file.id)).toBe('missing');
    expect(await access('not-an-id')).toBe('missing');
  });
});

describe('files.list', () => {
  const index = () =>
    createDispatcher({
      db: t.services().db,
      handlers: createJobHandlers(testJobServices(t.services())),
    }).runDue();

  it('shows the own files with their articles, and finds those that no text names', async () => {
    const [user, other] = [await t.user(), await t.user()];
    const [{ file: used }, { file: spare }] = [
      await store(user, randomBytes(100)),
      await store(user, randomBytes(100)),
    ];
    await store(other, randomBytes(100));
    const content = `![x](${used.url}) ![x](${used.url})`;
    const article = await user.api.articles.create({ title: 'x', content });
    await index();
    const { items } = await user.api.files.list({});
    expect(items.map(({ id, articleCount }) => [id, articleCount])).toEqual([
      [spare.id, 0],
      [used.id, 1],
    ]);
    expect((await user.api.files.list({ unused: true })).items.map(({ id }) => id)).toEqual([
      spare.id,
    ]);
    // What is in the trash may come back.
    await user.api.articles.delete({ id: article.id });
    await index();
    expect((await user.api.files.list({ unused: true })).items.map(({ id }) => id)).toEqual([
      spare.id,
    ]);
    expect(await user.api.files.get({ id: used.id })).toMatchObject({
      articleCount: 0,
      name: 'a.png',
      picture: null,
    });
    expect(await codeOf(other.api.files.get({ id: used.id }))).toBe('not_found');
  });

  it('goes on where a page ended', async () => {
    const user = await t.user();
    for (let i = 0; i < 3; i++) await store(user, randomBytes(100));
    const first = await user.api.files.list({ limit: 2 });
    const rest = await user.api.files.list({ limit: 2, cursor: first.nextCursor });
    expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
    expect(await codeOf(user.api.files.list({ cursor: 'forged' }))).toBe('bad_input');
  });
});
