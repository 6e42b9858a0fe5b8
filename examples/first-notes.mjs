// Registers, writes, searches, publishes and reads through the SDK.
// node examples/first-notes.mjs http://127.0.0.1:3000
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthenticationError, createClient } from '@ainotebook/sdk';

const baseUrl = process.argv[2] ?? 'http://127.0.0.1:3000';
const guest = createClient({ baseUrl });

// 1. Register. With `session: 'token'` the refresh token comes back in the answer.
const name = `tea-${randomBytes(4).toString('hex')}`;
const session = await guest.auth.register({
  email: process.env.NOTES_EMAIL ?? `${name}@example.org`,
  password: process.env.NOTES_PASSWORD ?? randomBytes(12).toString('base64url'),
  displayName: '品茶人',
  handle: name,
  session: 'token',
});
const notes = guest.withSession(session);
console.log(`registered ${(await notes.users.me()).handle}`);

// 2. Write. A save names the revision it was written on, so nothing is overwritten silently.
const notebook = await notes.notebooks.create({ name: '茶' });
const article = await notes.articles.create({
  notebookId: notebook.id,
  title: '龙井笔记',
  content: '# 龙井\n\n明前茶最嫩，水温八十五度。\n',
  tags: ['茶', 'tea'],
});
const saved = await notes.articles.save({
  id: article.id,
  baseRevision: article.revision,
  data: { title: article.title, content: `${article.content}\n第二泡最香。\n` },
});
console.log(`saved: ${saved.status}`);

// 3. Find. The index follows a save within a second.
let found = await notes.search.query({ q: '明前' });
for (let i = 0; i < 50 && found.items.length === 0; i++) {
  await sleep(100);
  found = await notes.search.query({ q: '明前' });
}
console.log(`found: ${found.items.map((hit) => hit.title).join(', ')}`);

// 4. Publish, and read it as anybody.
const { slug, url } = await notes.publications.publish({ articleId: article.id });
const read = await guest.publications.read({ slug });
console.log(`published at ${url}: ${read.title}, ${read.wordCount} words`);

// 5. Every item of every page.
for await (const each of notes.articles.list({ limit: 50 })) {
  console.log(`- ${each.title} (${each.status}, revision ${each.revision})`);
}

// 6. Errors are typed.
try {
  await guest.articles.list();
} catch (error) {
  if (!(error instanceof AuthenticationError)) throw error;
  console.log(`a visitor may not list articles: ${error.code}`);
}
