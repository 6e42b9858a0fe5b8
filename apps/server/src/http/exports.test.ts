import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createPdfPrinter } from '../pdf/print-pdf.js';
import { CHROMIUM, pdfText } from '../pdf/test-support.js';
import { bearer, dataOf, type Person, useServer } from '../test-support.js';

const server = useServer();

/** An archive that is ready, by its address. */
async function exported(person: Person): Promise<string> {
  const asked = await server.mutate('exports.create', { kind: 'everything' }, bearer(person));
  expect(asked.status).toBe(200);
  await server.runJobs();
  const listed = await server.query('exports.list', undefined, bearer(person));
  const { items } = dataOf(listed) as { items: { url: string }[] };
  return items[0]?.url ?? '';
}

const get = (path: string, headers: Record<string, string>) => server.send({ path, headers });

describe('GET /api/exports/:id', () => {
  it('gives the archive to its owner, by cookie and by token, whole and in part', async () => {
    const person = await server.register();
    const url = await exported(person);
    for (const headers of [{ cookie: person.cookie }, bearer(person)]) {
      const whole = await get(url, headers);
      expect(whole.status).toBe(200);
      expect(whole.text.startsWith('PK')).toBe(true);
      expect(whole.headers).toMatchObject({
        'content-type': 'application/zip',
        'content-disposition': expect.stringMatching(
          /^attachment; filename="AI-NoteBook .*\.zip"$/,
        ),
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
      });
      const part = await get(url, { ...headers, range: 'bytes=0-1' });
      expect([part.status, part.text]).toEqual([206, 'PK']);
    }
  });

  it('gives nothing to anybody else', async () => {
    const [owner, other] = [await server.register(), await server.register()];
    const url = await exported(owner);
    expect((await get(url, {})).status).toBe(401);
    expect((await get(url, bearer(other))).status).toBe(404);
    expect((await get(url, { cookie: other.cookie })).status).toBe(404);
    expect((await get('/api/exports/no-id', bearer(owner))).status).toBe(404);
  });
});

describe('GET /api/exports/notes/:id', () => {
  it('gives a note as a page and as a document of Word, to its owner', async () => {
    const [owner, other] = [await server.register(), await server.register()];
    const note = { title: '京都', content: '# 一\n\n$x^2$ <script>alert(1)</script>' };
    const created = await server.mutate('articles.create', note, bearer(owner));
    const { id } = dataOf(created) as { id: string };
    const page = await get(`/api/exports/notes/${id}.html`, { cookie: owner.cookie });
    expect(page.text).toContain('<h1>京都</h1>');
    expect(page.text).not.toContain('<script');
    expect(page.headers).toMatchObject({
      'content-disposition': expect.stringContaining(encodeURIComponent('京都.html')),
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    const document = await get(`/api/exports/notes/${id}.docx`, bearer(owner));
    expect([document.status, document.text.slice(0, 2)]).toEqual([200, 'PK']);
    for (const format of ['html', 'docx']) {
      expect((await get(`/api/exports/notes/${id}.${format}`, {})).status).toBe(401);
      expect((await get(`/api/exports/notes/${id}.${format}`, bearer(other))).status).toBe(404);
    }
    expect((await get(`/api/exports/notes/${id}.exe`, bearer(owner))).status).toBe(404);
  });

  it('says at its top that an AI wrote it, unless its owner does not want that', async () => {
    const owner = await server.register();
    const created = await server.mutate('articles.create', { content: '字' }, bearer(owner));
    const { id } = dataOf(created) as { id: string };
    const page = async (query = '') =>
      (await get(`/api/exports/notes/${id}.html?lang=zh-CN${query}`, bearer(owner))).text;
    expect(await page()).not.toContain('AI');
    await server.mutate('provenance.declare', { articleId: id, declared: 'partly' }, bearer(owner));
    expect(await page()).toContain('<p class="ai">本文部分内容由 AI 生成</p>');
    expect(await page()).toContain('digitalsourcetype/compositeWithTrainedAlgorithmicMedia');
    expect(await page('&label=0')).not.toContain('AI');
  });
});

/** A picture of hers of about 750 KB. @returns its id */
async function pictureOf(person: Person): Promise<string> {
  const raw = { width: 500, height: 500, channels: 3 as const };
  const png = await sharp(randomBytes(500 * 500 * 3), { raw })
    .png()
    .toBuffer();
  const form = new FormData();
  form.set('file', new Blob([png], { type: 'image/png' }), 'noise.png');
  const answer = await fetch(`${server.url()}/api/files`, {
    method: 'POST',
    headers: bearer(person),
    body: form,
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

describe('documents of notes with pictures', () => {
  it('grow no further than a bound, however often a picture is shown, and are whole', async () => {
    const owner = await server.register();
    const file = await pictureOf(owner);
    const content = `![](/api/files/${file})\n\n`.repeat(300);
    const created = await server.mutate('articles.create', { content }, bearer(owner));
    const { id } = dataOf(created) as { id: string };
    const page = await get(`/api/exports/notes/${id}.html`, bearer(owner));
    const embedded = page.text.match(/ src="data:image\/webp;base64,[^"]+"/g) ?? [];
    const [first = ''] = embedded;
    expect(first.length).toBeGreaterThan(100_000);
    expect(embedded.length).toBeGreaterThan(10);
    expect(embedded.length * first.length).toBeLessThan(54_000_000);
    expect(page.text.split(` src="/api/files/${file}"`).length - 1).toBe(300 - embedded.length);
    expect(embedded.length).toBeLessThan(300);
    expect(page.headers['x-pictures-left-out']).toBe('1');
    expect(page.text.endsWith('</html>\n')).toBe(true);
    expect(Number(page.headers['content-length'])).toBe(Buffer.byteLength(page.text));
    const document = await get(`/api/exports/notes/${id}.docx`, bearer(owner));
    expect(document.status).toBe(200);
    expect(document.text.length).toBeLessThan(3 * first.length);
  });

  it('come one after the other to one person', async () => {
    const owner = await server.register();
    const created = await server.mutate('articles.create', { content: '字' }, bearer(owner));
    const { id } = dataOf(created) as { id: string };
    const asked = Array.from({ length: 4 }, () =>
      get(`/api/exports/notes/${id}.html`, bearer(owner)),
    );
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

describe.skipIf(!CHROMIUM)('GET /api/exports/notes/:id.pdf', { timeout: 60_000 }, () => {
  const printing = useServer({
    config: { hasPdf: true },
    app: { pdf: createPdfPrinter({ path: CHROMIUM ?? '', hasSandbox: false }) },
  });
  const created = async (person: Person, content: string) => {
    const answer = await printing.mutate(
      'articles.create',
      { title: '京都', content },
      bearer(person),
    );
    return (dataOf(answer) as { id: string }).id;
  };
  /** With its bytes as they are. */
  const pdf = (id: string, person: Person | null) =>
    fetch(`${printing.url()}/api/exports/notes/${id}.pdf`, {
      headers: person ? bearer(person) : {},
    });

  it('gives a note as a PDF to its owner', async () => {
    const [owner, other] = [await printing.register(), await printing.register()];
    const id = await created(owner, '# 清水寺\n\n一段很长的正文，说的是秋天的清水寺和它的石阶。\n');
    const answer = await pdf(id, owner);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('content-disposition')).toContain(encodeURIComponent('京都.pdf'));
    expect(await pdfText(Buffer.from(await answer.arrayBuffer()))).toContain('清水寺和它的石阶');
    expect((await pdf(id, other)).status).toBe(404);
    expect((await pdf(id, null)).status).toBe(401);
  });

  it('says whether it does', async () => {
    expect(dataOf(await printing.query('system.info', undefined))).toMatchObject({ hasPdf: true });
    expect(dataOf(await server.query('system.info', undefined))).toMatchObject({ hasPdf: false });
    const person = await server.register();
    const made = await server.mutate('articles.create', { content: 'a' }, bearer(person));
    const { id } = dataOf(made) as { id: string };
    expect((await get(`/api/exports/notes/${id}.pdf`, bearer(person))).status).toBe(404);
  });
});
