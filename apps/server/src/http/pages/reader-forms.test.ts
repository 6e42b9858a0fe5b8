import { setTimeout as sleep } from 'node:timers/promises';
import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { BROWSER, bearer, cookiesOf, dataOf, type Person, useServer } from '../../test-support.js';

const server = useServer();
let author: Person;
let other: Person;

beforeAll(async () => {
  author = await server.register({}, { displayName: 'Author' });
  other = await server.register();
});

const english = { 'accept-language': 'en' };

async function write(content = 'A *draft* for <b>you</b>.'): Promise<string> {
  const made = await server.mutate('articles.create', { title: 'Shown', content }, bearer(author));
  return (dataOf(made) as { id: string }).id;
}

async function share(options: object = {}): Promise<{ id: string; path: string }> {
  const input = { articleId: await write(), ...options };
  const made = await server.mutate('shares.create', input, bearer(author));
  const { id, url } = dataOf(made) as { id: string; url: string };
  return { id, path: new URL(url).pathname };
}

const submit = (path: string, fields: Record<string, string>, headers: object = {}) =>
  server.send({
    method: 'POST',
    path,
    headers: {
      ...english,
      accept: 'text/html',
      'user-agent': BROWSER,
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  });

describe('a share link', () => {
  it('shows the article to its holder, and to no search engine, cache or other site', async () => {
    const { path } = await share();
    const { status, headers, text } = await server.page(path, english);
    expect(status).toBe(200);
    expect(text).toContain('<em>draft</em>');
    expect(text).toContain('Shared with you by Author');
    expect(text).toContain('<meta name="robots" content="noindex">');
    expect(text).not.toContain('canonical');
    expect(headers).toMatchObject({
      'x-robots-tag': 'noindex, nofollow',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
    });
  });

  it('that opens nothing looks the same whatever the reason', async () => {
    const { id, path } = await share();
    await server.mutate('shares.revoke', { id }, bearer(author));
    const revoked = await server.page(path, english);
    const unknown = await server.page(`/s/${'A'.repeat(43)}`, english);
    expect(revoked.status).toBe(404);
    expect(revoked.text).toBe(unknown.text);
    expect((await server.page('/s/%00', english)).status).toBe(404);
  });

  it('asks for its password, and remembers that it was given', async () => {
    const { path } = await share({ password: 'open sesame' });
    const locked = await server.page(path, english);
    expect(locked.status).toBe(401);
    expect(locked.text).toContain('type="password"');
    expect(locked.text).not.toContain('draft');
    expect(locked.headers['content-security-policy']).toContain("form-action 'self'");
    const wrong = await submit(path, { password: 'open' });
    expect(wrong.status).toBe(401);
    expect(wrong.text).toContain('That password is not right');
    const right = await submit(path, { password: 'open sesame' });
    expect(right).toMatchObject({ status: 303, headers: { location: path } });
    const [line = ''] = cookiesOf(right);
    expect(line).toMatch(/HttpOnly/);
    expect(line).toContain(`Path=${path}`);
    const cookie = line.split(';')[0] ?? '';
    expect((await server.page(path, { ...english, cookie })).text).toContain('<em>draft</em>');
    const second = await share({ password: 'open sesame' });
    expect((await server.page(second.path, { ...english, cookie })).status).toBe(401);
  });

  it('takes no password from another site', async () => {
    const { path } = await share({ password: 'open sesame' });
    const forged = await submit(
      path,
      { password: 'open sesame' },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(forged.status).toBe(403);
    expect(cookiesOf(forged)).toEqual([]);
  });

  it('counts readers, not its author and not programs', async () => {
    const { id, path } = await share();
    await server.page(path, { ...english, cookie: author.cookie });
    await server.page(path, { ...english, 'user-agent': 'Googlebot/2.1' });
    await server.page(path, { ...english, cookie: other.cookie });
    await sleep(200);
    const { shares } = schema;
    const [row] = await server
      .database()
      .db.select({ views: shares.views })
      .from(shares)
      .where(eq(shares.id, id));
    expect(row?.views).toBe(1);
  });

  it('stays out of the log', async () => {
    const { path } = await share();
    await server.page(path, english);
    await sleep(50);
    expect(JSON.stringify(server.log.lines)).not.toContain(path.slice(3));
  });
});

describe('reporting an article', () => {
  async function publish(): Promise<string> {
    const articleId = await write();
    const live = await server.mutate('publications.publish', { articleId }, bearer(author));
    return `/p/${(dataOf(live) as { slug: string }).slug}`;
  }

  it('takes a form without script, and thanks', async () => {
    const path = await publish();
    expect((await server.page(path, english)).text).toContain(`href="${path}/report"`);
    const form = await server.page(`${path}/report`, english);
    expect(form.text).toContain('type="radio" name="reason" value="copyright"');
    expect(form.headers['x-robots-tag']).toContain('noindex');
    const sent = await submit(`${path}/report`, { reason: 'spam', detail: '<b>', contact: '' });
    expect(sent.status).toBe(200);
    expect(sent.text).toContain('Received, thank you');
    const rows = await server.database().db.select().from(schema.reports);
    expect(rows).toMatchObject([{ reason: 'spam', detail: '<b>', status: 'open' }]);
  });

  it('says what is wrong with a form, and knows only what can be read', async () => {
    const path = await publish();
    const empty = await submit(`${path}/report`, { detail: 'no reason' });
    expect(empty.status).toBe(400);
    expect(empty.text).toContain('Choose a reason');
    expect((await submit('/p/never-was/report', { reason: 'spam' })).status).toBe(404);
    const forged = await submit(
      `${path}/report`,
      { reason: 'spam' },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(forged.status).toBe(403);
  });
});
