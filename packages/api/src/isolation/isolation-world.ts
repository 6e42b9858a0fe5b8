// What the isolation tests share: an owner with everything, and calls in the name of others.
import { randomBytes } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { enqueue } from '@ainotebook/jobs';
import { sql } from 'drizzle-orm';
import superjson from 'superjson';
import { v7 } from 'uuid';
import { expect } from 'vitest';
import { authenticateBearer } from '../auth/authenticate-bearer.js';
import { buildOrder, buildPlan } from '../billing/test-support.js';
import { createContext } from '../context.js';
import { AppError, toAppError } from '../errors.js';
import { notify } from '../notifications/notify.js';
import { createCaller } from '../router.js';
import { processArticle } from '../search/search.jobs.js';
import type { TestApi } from '../test-support.js';
import { CANARY, type Expectation, type Outcome, type World } from './isolation-table.js';

/** The owner, with a row of every kind that others may be after. */
export async function buildWorld(test: TestApi): Promise<World> {
  const owner = await test.user();
  const notebook = await owner.api.notebooks.create({ name: `${CANARY} notebook` });
  const text = { title: `${CANARY} title`, content: `${CANARY} text`, tags: [`${CANARY} tag`] };
  const article = await owner.api.articles.create({ ...text, notebookId: notebook.id });
  const trashed = await owner.api.articles.create(text);
  await owner.api.articles.delete({ id: trashed.id });
  // The rest of it is for members, which no stranger is.
  const forMembers = { title: 'Open to all', content: `Read me.\n\n${CANARY} rest` };
  const published = await owner.api.articles.create(forMembers);
  const { id: exportId } = await owner.api.exports.create({
    kind: 'notebook',
    notebookId: notebook.id,
  });
  const { slug } = await owner.api.publications.publish({
    articleId: published.id,
    access: { kind: 'members' },
  });
  const [revision] = (await owner.api.revisions.list({ articleId: article.id })).items;
  const [tag] = await owner.api.tags.list();
  const share = await owner.api.shares.create({ articleId: article.id });
  const sha256 = randomBytes(32).toString('hex');
  const blob = { sha256, size: 1, mediaType: 'image/png' };
  const fileId = v7();
  const { db } = test.services();
  await db.insert(schema.blobs).values(blob);
  const file = { ...blob, id: fileId, userId: owner.id, name: `${CANARY}.png` };
  await db.insert(schema.files).values(file);
  const importId = v7();
  const source = { id: importId, userId: owner.id, sourceName: `${CANARY}.zip`, isAddress: false };
  await db.insert(schema.importSessions).values({ ...source, status: 'ready' });
  await db.insert(schema.importItems).values({
    sessionId: importId,
    userId: owner.id,
    position: 0,
    path: `${CANARY}.md`,
    title: `${CANARY} title`,
    content: `${CANARY} text`,
    notebooks: [],
    tags: [],
    links: [],
    warnings: [],
    result: 'pending',
  });
  const admin = await test.user({ role: 'admin' });
  const invitation = await admin.api.invitations.create({});
  const jobId = await test
    .services()
    .db.transaction((tx) =>
      enqueue(tx, processArticle, { articleId: article.id }, { ownerId: owner.id }),
    );
  if (!jobId) throw new Error('the job is new');
  if (!revision || !tag) throw new Error('the owner has a revision and a tag');
  const about = { articleId: article.id, title: `${CANARY} title` };
  await test.services().db.transaction((tx) =>
    notify(tx, {
      userIds: [owner.id],
      event: { kind: 'publication_unblocked', data: about },
    }),
  );
  const [notification] = (await owner.api.notifications.list()).items;
  const plan = await buildPlan(admin);
  const order = await buildOrder(test, { userId: owner.id, plan });
  const conversation = await owner.api.conversations.create({ scope: { kind: 'all' } });
  const question = { conversationId: conversation.id, id: v7(), parentId: null, content: CANARY };
  const { answer } = await owner.api.messages.send(question);
  await owner.api.messages.stop({ id: answer.id });
  const prompt = await owner.api.prompts.create({ id: v7(), instruction: CANARY });
  const apiKey = await owner.api.apiKeys.create({
    name: `${CANARY} key`,
    scopes: ['articles:read'],
    expiresInDays: null,
  });
  const webhook = await owner.api.webhooks.create({
    url: `https://hooks.example.org/${CANARY}`,
    events: ['article.published'],
  });
  const delivery = await owner.api.webhooks.sendTest({ id: webhook.id });
  return {
    owner,
    notebookId: notebook.id,
    articleId: article.id,
    trashedId: trashed.id,
    revisionId: revision.id,
    tagId: tag.id,
    fileId,
    importId,
    publishedId: published.id,
    slug,
    shareId: share.id,
    exportId,
    jobId,
    invitationId: invitation.id,
    notificationId: notification?.id ?? '',
    planId: plan.id,
    orderId: order.id,
    conversationId: conversation.id,
    answerId: answer.id,
    apiKeyId: apiKey.id,
    promptId: prompt.id,
    webhookId: webhook.id,
    deliveryId: delivery.id,
  };
}

/** Calls a procedure with a bearer token, as the host would. */
export async function callWith(
  test: TestApi,
  token: string | null,
  { path, input }: { path: string; input: unknown },
): Promise<unknown> {
  const services = test.services();
  const context = createContext(services, test.request({ accessToken: token }), () =>
    authenticateBearer(services, token),
  );
  const procedure = path
    .split('.')
    .reduce<unknown>((node, key) => Reflect.get(Object(node), key), createCaller(context));
  if (typeof procedure !== 'function') throw new Error(`${path} is not a procedure`);
  return procedure(input);
}

/** How a call ended; a fault of ours is thrown. */
export async function outcomeOf(
  call: Promise<unknown>,
): Promise<{ outcome: Outcome; answer: unknown }> {
  try {
    return { outcome: 'ok', answer: await call };
  } catch (error) {
    const known = toAppError(error);
    if (known.code === 'internal') throw known.cause ?? error;
    expect(known).toBeInstanceOf(AppError);
    return { outcome: known.code, answer: known.message };
  }
}

/** Everything the owner has, as one text: no call of anybody else may change it. */
export async function ownersData(test: TestApi, { owner }: World): Promise<string> {
  const { db } = test.services();
  const tables = [
    schema.articles,
    schema.notebooks,
    schema.tags,
    schema.files,
    schema.importSessions,
    schema.importItems,
    schema.publications,
    schema.outbox,
    schema.notifications,
    schema.entitlements,
    schema.orders,
    schema.savedPrompts,
    schema.apiKeys,
    schema.webhookSubscriptions,
  ];
  const rows = await Promise.all(
    tables.map((table) => db.select().from(table).where(sql`user_id = ${owner.id}`)),
  );
  const user = await db.execute(
    sql`select email, handle, display_name, role, status from users where id = ${owner.id}`,
  );
  const revisions = await db.execute(
    sql`select r.* from revisions r join articles a on a.id = r.article_id
        where a.user_id = ${owner.id} order by r.id`,
  );
  const deliveries = await db.execute(
    sql`select d.* from webhook_deliveries d join webhook_subscriptions s on s.id = d.subscription_id
        where s.user_id = ${owner.id} order by d.id`,
  );
  return superjson.stringify([...rows, user.rows, revisions.rows, deliveries.rows]);
}

/** Fails where an answer shows of the owner what it may not. */
export function expectNothingOf(
  world: World,
  answer: unknown,
  expectation: Pick<Expectation, 'shows'>,
): void {
  const text = superjson.stringify(answer ?? null);
  expect(text).not.toContain(CANARY);
  for (const privateId of [world.articleId, world.notebookId, world.revisionId, world.tagId]) {
    expect(text).not.toContain(privateId);
  }
  if (expectation.shows !== 'account') {
    expect(text).not.toContain(world.owner.email);
    expect(text).not.toContain(world.owner.id);
  }
  if (!expectation.shows) expect(text).not.toContain(world.owner.handle);
}
