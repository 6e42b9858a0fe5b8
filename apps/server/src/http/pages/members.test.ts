import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { bearer, dataOf, type Person, useServer } from '../../test-support.js';

const SECRET = 'the-hidden-sentence';
const server = useServer();
let author: Person;
let member: Person;
let stranger: Person;
let admin: Person;
let slug: string;
/** Pictures of the beginning and of the rest. */
let shown: string;
let hidden: string;

async function call<T>(person: Person, procedure: string, input: unknown): Promise<T> {
  const answer = await server.mutate(procedure, input, bearer(person));
  if (answer.status !== 200) throw new Error(answer.text);
  return dataOf(answer) as T;
}

async function upload(person: Person, red: number): Promise<string> {
  const background = { r: red, g: 0, b: 0 };
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background } })
    .png()
    .toBuffer();
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]);
  const headers = { 'content-type': 'multipart/form-data; boundary=b', ...bearer(person) };
  const answer = await server.send({ method: 'POST', path: '/api/files', headers, body });
  return String(answer.json().url);
}

beforeAll(async () => {
  author = await server.register();
  member = await server.register();
  stranger = await server.register();
  admin = await server.register();
  const { users } = schema;
  const { db } = server.database();
  await db.update(users).set({ role: 'admin' }).where(eq(users.id, admin.id));
  const plan = await call<{ id: string }>(admin, 'admin.plans.create', {
    key: 'reader',
    name: 'Reader <b>',
    benefits: {},
    prices: [{ period: 'month', amountFen: 100 }],
  });
  const term = { userId: member.id, planId: plan.id, period: 'month', reason: 'x' };
  await call(admin, 'admin.entitlements.grant', term);
  [shown, hidden] = [await upload(author, 10), await upload(author, 200)];
  const content = [
    `The beginning.\n\n![](${shown})`,
    `## Of ${SECRET}\n\n[[note of ${SECRET}]] ${SECRET}.\n\n![](${hidden})`,
  ].join('\n\n');
  const article = { title: 'For readers', content, tags: ['open'] };
  const { id: articleId } = await call<{ id: string }>(author, 'articles.create', article);
  const access = { kind: 'plan', planId: plan.id };
  const settings = { access, previewBlocks: 2 };
  slug = (await call<{ slug: string }>(author, 'publications.publish', { articleId, ...settings }))
    .slug;
  await server.runJobs();
});

describe('an article for members', () => {
  const read = (person: Person | null) =>
    server.query('publications.read', { slug }, person ? bearer(person) : {});

  it('shows its secret on no path to a visitor or a stranger, whoever read it before', async () => {
    await server.page(`/p/${slug}`, { cookie: member.cookie });
    await read(member);
    const paths = [
      `/p/${slug}`,
      `/p/${slug}?all=1`,
      `/p/${slug}/og.png`,
      `/p/${slug}/qr.svg`,
      `/p/${slug}/report`,
      '/',
      `/u/${author.handle}`,
      '/tag/open',
      '/feed.xml',
      '/feed.json',
      `/u/${author.handle}/feed.xml`,
      `/u/${author.handle}/feed.json`,
      '/sitemap.xml',
      '/robots.txt',
    ];
    for (const cookie of ['', stranger.cookie]) {
      for (const path of paths) {
        const { status, text } = await server.page(path, { cookie });
        // Who has a session gets the web app at `/`, which this server does not have.
        expect([path, status]).toEqual([path, path === '/' && cookie ? 503 : 200]);
        expect(text, path).not.toContain(SECRET);
      }
    }
    for (const person of [null, stranger]) {
      const { status, text } = await read(person);
      expect(status).toBe(200);
      expect(text).not.toContain(SECRET);
    }
    for (const procedure of ['search.query', 'search.titles']) {
      const { text } = await server.query(procedure, { q: SECRET }, bearer(stranger));
      expect(text.replaceAll(`"q":"${SECRET}"`, '')).not.toContain(SECRET);
    }
  });

  it('shows the beginning and an invitation, and says so to programs', async () => {
    const { text, headers } = await server.page(`/p/${slug}`, { 'accept-language': 'en' });
    expect(text).toContain('The beginning.');
    expect(text).toContain('The rest is for members of “Reader &lt;b&gt;”');
    expect(text).toContain('<a href="/pricing?from=%2Fp%2F');
    expect(text).toContain(`<a href="/login?to=%2Fp%2F${slug}">`);
    expect(text).toContain('"isAccessibleForFree":false');
    expect(headers['cache-control']).toBe('private, no-cache');
    // Who is signed in has nothing to sign in to.
    const signedIn = { 'accept-language': 'en', cookie: stranger.cookie };
    const theirs = await server.page(`/p/${slug}`, signedIn);
    expect(theirs.text).toContain('<a href="/pricing?from=%2Fp%2F');
    expect(theirs.text).not.toContain('/login');
    const feed = await server.page('/feed.xml', { 'accept-language': 'en' });
    expect(feed.text).toContain('The beginning.');
    expect(feed.text).toContain('Members read the rest there');
    expect((await server.page('/tag/open', { 'accept-language': 'en' })).text).toContain(
      'For members',
    );
  });

  it('gives caches of feeds less as soon as less is for everybody', async () => {
    const content = 'First for all.\n\nSecond for all.\n\nThe rest.';
    const { id: articleId } = await call<{ id: string }>(author, 'articles.create', {
      title: 'Shrinking',
      content,
    });
    const publish = (previewBlocks: number) =>
      call(author, 'publications.publish', {
        articleId,
        access: { kind: 'members' },
        previewBlocks,
      });
    await publish(2);
    const before = await server.page('/feed.xml');
    expect(before.text).toContain('Second for all.');
    await publish(1);
    const kept = { 'if-none-match': String(before.headers.etag) };
    const after = await server.page('/feed.xml', kept);
    expect(after.status).toBe(200);
    expect(after.text).not.toContain('Second for all.');
    await call(author, 'publications.unpublish', { articleId });
  });

  it('says that a plan which is sold no more cannot be had', async () => {
    const plan = await call<{ id: string }>(admin, 'admin.plans.create', {
      key: 'retired',
      name: 'Retired',
      benefits: {},
      prices: [{ period: 'month', amountFen: 100 }],
    });
    const article = { title: 'Of old', content: 'For all.\n\nThe rest.' };
    const { id: articleId } = await call<{ id: string }>(author, 'articles.create', article);
    const settings = { access: { kind: 'plan', planId: plan.id }, previewBlocks: 1 };
    const published = await call<{ slug: string }>(author, 'publications.publish', {
      articleId,
      ...settings,
    });
    const page = () => server.page(`/p/${published.slug}`, { 'accept-language': 'en' });
    expect((await page()).text).toContain('Get “Retired” to read all of it.');
    const content = { name: 'Retired', benefits: {}, prices: [], isActive: false };
    await call(admin, 'admin.plans.update', { id: plan.id, data: content });
    const { text } = await page();
    expect(text).toContain('“Retired” is no longer sold.');
    expect(text).not.toContain('/pricing');
    await call(author, 'publications.unpublish', { articleId });
  });

  it.each([
    ['its author', () => author],
    ['a member', () => member],
  ])('shows %s all of it, kept by no cache for others', async (_, who) => {
    const person = who();
    const headers = { cookie: person.cookie, 'accept-language': 'en' };
    const page = await server.page(`/p/${slug}`, headers);
    expect(page.text).toContain(SECRET);
    expect(page.text).not.toContain('The rest is for members');
    expect(page.headers['cache-control']).toBe('private, no-cache');
    expect(page.headers.vary).toContain('Cookie');
    expect((await read(person)).text).toContain(SECRET);
    // What the member's browser has kept is not fresh for whoever uses it next.
    const etag = String(page.headers.etag);
    const next = await server.page(`/p/${slug}`, {
      'if-none-match': etag,
      'accept-language': 'en',
    });
    expect(next.status).toBe(200);
    expect((await server.page(`/p/${slug}`, { ...headers, 'if-none-match': etag })).status).toBe(
      304,
    );
  });

  it('opens the pictures of the rest to members, those of the beginning to everybody', async () => {
    const load = async (url: string, person: Person | null) => {
      const cookie = person?.cookie ?? '';
      const { status, headers } = await server.send({ path: url, headers: { cookie } });
      return [status, status === 200 ? headers['cache-control']?.split(',')[0] : ''];
    };
    expect(await load(shown, null)).toEqual([200, 'public']);
    for (const person of [null, stranger, admin])
      expect(await load(hidden, person)).toEqual([404, '']);
    expect(await load(hidden, member)).toEqual([200, 'private']);
  });

  it('is closed again to a member whose session has ended', async () => {
    const gone = await server.register();
    const term = { userId: gone.id, period: 'month', reason: 'x' };
    const [plan] = dataOf(await server.query('plans.list', undefined)) as { id: string }[];
    await call(admin, 'admin.entitlements.grant', { ...term, planId: plan?.id });
    expect((await server.page(`/p/${slug}`, { cookie: gone.cookie })).text).toContain(SECRET);
    await call(gone, 'auth.logoutEverywhere', undefined);
    expect((await server.page(`/p/${slug}`, { cookie: gone.cookie })).text).not.toContain(SECRET);
  });
});
