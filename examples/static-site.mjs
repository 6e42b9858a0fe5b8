// Pulls published articles as Markdown with front matter, as Astro, Eleventy, Hugo and others take it.
// AINOTEBOOK_API_KEY=... node examples/static-site.mjs http://127.0.0.1:3000 content
// The key needs publications:read alone. Run it before each build of the site.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '@ainotebook/sdk';

const [, , baseUrl = 'http://127.0.0.1:3000', folder = 'content'] = process.argv;
const notes = createClient({ baseUrl, auth: process.env.AINOTEBOOK_API_KEY });
const listFile = path.join(folder, '.published.json');

/** JSON is YAML: quotes and colons in a title need no care. @param {Record<string, unknown>} fields */
const frontMatter = (fields) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');

await mkdir(folder, { recursive: true });
/** @type {string[]} */
const before = JSON.parse(await readFile(listFile, 'utf8').catch(() => '[]'));
/** @type {Set<string>} */
const files = new Set();
for await (const { slug, visibility, access } of notes.publications.list({ limit: 100 })) {
  // What is hidden here, or sold, is not for a public site.
  if (visibility !== 'public' || access.kind !== 'everyone') continue;
  const article = await notes.publications.read({ slug });
  const { title, excerpt, tags, language, canonicalUrl, publishedAt, updatedAt } = article;
  const fields = { title, description: excerpt, tags, lang: language, canonical: canonicalUrl };
  const dates = { date: publishedAt, updated: updatedAt };
  const file = `${slug}.md`;
  await writeFile(
    path.join(folder, file),
    `---\n${frontMatter({ ...fields, ...dates })}---\n\n${article.content}`,
  );
  files.add(file);
}
const gone = before.filter((file) => !files.has(file));
for (const file of gone) await rm(path.join(folder, file), { force: true });
await writeFile(listFile, JSON.stringify([...files]));
console.log(`${files.size} published, ${gone.length} gone`);
