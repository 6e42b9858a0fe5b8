// A server with something to look at: the demo's notes with a life, an administrator, a newcomer.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createClient } from '@ainotebook/sdk';
import { openShop } from './shop.mjs';

/** Opens the server to the first administrator; the server has to be started with it. */
export const SETUP_TOKEN = 'only-for-screens-0123456789abcdef';
const PASSWORD = 'correct horse battery';

/**
 * @typedef {{ email: string, password: string }} Account
 * @typedef {Awaited<ReturnType<typeof makeWorld>>} World
 */

/** @param {string} output of the server @returns {Account} */
export function demoAccountOf(output) {
  const [, email, password] = /demo sign-in: (\S+)\s+password: (\S+)/.exec(output) ?? [];
  if (!email || !password) throw new Error(`The server printed no demo account:\n${output}`);
  return { email, password };
}

/**
 * Gives the demo account revisions, shares, schedules, an archive and a trash, and makes two more
 * accounts, and opens a shop.
 * @param {string} baseUrl @param {Account} demo @param {import('./till.mjs').Till} till
 */
export async function makeWorld(baseUrl, demo, till) {
  const guest = createClient({ baseUrl });
  const session = /** @type {const} */ ('token');
  const memberSession = await guest.auth.login({ ...demo, session });
  const member = guest.withSession(memberSession);
  const admin = { email: 'keeper@example.org', password: PASSWORD };
  const newcomer = { email: 'newcomer@example.org', password: PASSWORD };
  const keeperSession = await guest.auth.register({
    ...admin,
    displayName: '管理员',
    session,
    setupToken: SETUP_TOKEN,
  });
  const keeper = guest.withSession(keeperSession);
  const stranger = guest.withSession(
    await guest.auth.register({ ...newcomer, displayName: '新朋友', session }),
  );

  const items = [];
  for await (const article of member.articles.list({ limit: 50 })) items.push(article);
  const idOf = (/** @type {string} */ title) => {
    const found = items.find((article) => article.title === title);
    if (!found) throw new Error(`The demo has no article "${title}"`);
    return found.id;
  };
  const articles = {
    'zh-CN': idOf('六大茶类，一张表说清'),
    en: idOf('HTTP status codes worth telling apart'),
  };
  await revise(member, articles['zh-CN'], '补记：再喝一轮，写得更细。');
  await revise(member, articles.en, 'Seen again today: a proxy that turned every 404 into a 200.');
  for (const id of Object.values(articles)) await takeFromAi(member, id);
  const conflict = idOf('苏州园林一日');
  const trashed = idOf('番茄炒蛋，先炒蛋还是先炒番茄');
  const archived = idOf('出发前清单');
  await member.articles.delete({ id: trashed });
  await member.articles.update({ id: archived, data: { isArchived: true } });
  const lost = await member.notebooks.create({ name: '旧抽屉' });
  const { id: homeless } = await member.articles.create({
    title: '抽屉里的便条',
    notebookId: lost.id,
  });
  await member.notebooks.delete({ id: lost.id, articles: 'trash' });
  const picture = readFileSync(new URL('../docs/images/article.png', import.meta.url));
  await member.files.upload(picture, { name: '龙井.png' });

  const notebooks = await member.notebooks.list();
  const publications = [];
  for await (const one of member.publications.list({ limit: 50 })) publications.push(one);
  const slugOf = (/** @type {string} */ articleId) =>
    publications.find((one) => one.articleId === articleId)?.slug ?? '';
  await makeKeys(member);
  await makeWebhooks(member);
  const share = await member.shares.create({ articleId: articles['zh-CN'], label: '茶友' });
  await member.publications.schedule({
    articleId: idOf('绿茶的水温和时间'),
    publishAt: new Date(Date.now() + 3 * 86_400_000),
  });
  await guest.reports.create({
    slug: slugOf(articles['zh-CN']),
    reason: 'copyright',
    detail: '表格来自一本书。',
  });

  const shop = await openShop(baseUrl, till, {
    keeper: keeperSession.accessToken,
    member: memberSession.accessToken,
  });

  return {
    baseUrl,
    /** What the member paid for. */
    orderId: shop.orderId,
    accounts: { member: demo, admin, newcomer },
    articles,
    /** Published, too: the one that is written in two places. */
    conflict,
    trashed,
    /** In the trash, out of a notebook that is gone. */
    homeless,
    slugs: { 'zh-CN': slugOf(articles['zh-CN']), en: slugOf(articles.en) },
    newcomerId: (await stranger.users.me()).id,
    handle: (await member.users.me()).handle,
    notebookId: notebooks.find(({ name }) => name === '旅行')?.id ?? '',
    sharePath: new URL(share.url).pathname,
    /** @param {'zh-CN' | 'en'} locale of every account */
    async speak(locale) {
      for (const who of [member, keeper, stranger]) await who.users.update({ data: { locale } });
    },
    /** Those that were made on the way. */
    async dropWebhooks() {
      for (const { id } of await stranger.webhooks.list()) await stranger.webhooks.delete({ id });
    },
    /** Another device of the member's writes on where the first paragraph ends. */
    async saveElsewhere() {
      const { title, content, revision } = await member.articles.get({ id: conflict });
      const more = content.replace('\n\n', ' 留园从窗里看出去，一步一景。\n\n');
      await member.articles.save({
        id: conflict,
        data: { title, content: more },
        baseRevision: revision,
      });
    },
  };
}

/** Three more versions: a paragraph comes, is reworded, goes. */
async function revise(client, id, paragraph) {
  const { title, content, revision } = await client.articles.get({ id });
  let baseRevision = revision;
  for (const more of [`\n\n${paragraph}\n`, `\n\n> ${paragraph}\n`, '']) {
    const data = { title, content: `${content}${more}` };
    const reply = await client.articles.save({ id, data, baseRevision });
    if (reply.status === 'saved') baseRevision = reply.revision;
  }
}

/** Its longest paragraph is an AI's, and its readers know. @param {import('@ainotebook/sdk').AiNotebook} client @param {string} articleId */
async function takeFromAi(client, articleId) {
  const { content } = await client.articles.get({ id: articleId });
  const [text] = content.split('\n\n').sort((a, b) => b.length - a.length);
  const span = {
    id: randomUUID(),
    articleId,
    source: 'expand',
    model: 'doubao-seed-2-0-lite-260428',
  };
  await client.$call('mutation', 'provenance.record', { ...span, text });
  await client.publications.publish({ articleId });
}

/** A key in use, one that has ended. @param {import('@ainotebook/sdk').AiNotebook} member */
async function makeKeys(member) {
  const make = async (/** @type {object} */ input) =>
    /** @type {Promise<{ id: string, secret: string }>} */ (
      member.$call('mutation', 'apiKeys.create', input)
    );
  const forReading = ['articles:read', 'notebooks:read', 'tags:read'];
  const { secret } = await make({ name: '每日备份', scopes: forReading, expiresInDays: 90 });
  await member.withOptions({ auth: secret }).tags.list();
  const scopes = ['articles:read', 'articles:write', 'files:read'];
  const old = await make({ name: 'Old importer', scopes, expiresInDays: null });
  await member.$call('mutation', 'apiKeys.revoke', { id: old.id });
}

/** One whose receiver does not answer, one that is off. @param {import('@ainotebook/sdk').AiNotebook} member */
async function makeWebhooks(member) {
  const { id } = await member.webhooks.create({
    url: 'https://hooks.example.invalid/notes?channel=publishing',
    events: ['article.published', 'article.updated', 'article.unpublished'],
  });
  await member.webhooks.sendTest({ id });
  const off = await member.webhooks.create({
    url: 'https://chat.example.invalid/hook',
    events: ['import.finished', 'export.finished'],
  });
  await member.webhooks.update({ id: off.id, data: { isEnabled: false } });
}
