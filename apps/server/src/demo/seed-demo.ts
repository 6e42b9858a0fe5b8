import {
  type Auth,
  authenticateAccessToken,
  createCaller,
  createContext,
  createRateLimits,
  type Services,
} from '@ainotebook/api';
import type pg from 'pg';
import { v5 } from 'uuid';
import { type DemoArticle, readDemoArticles } from './demo-articles.js';

/** Ids of the demo's rows are made of their names, so that a second seed finds what the first made. */
const NAMESPACE = '6f1c1a52-6a0e-4f0e-9f0b-3a1d0b7c9e55';

const idOf = (userId: string, kind: string, name: string) =>
  v5(`${userId}/${kind}/${name}`, NAMESPACE);

type Caller = ReturnType<typeof createCaller>;

/** A caller in this process, free of the limits meant for strangers. */
function callerFor(services: Services, auth: Auth | null): Caller {
  const own: Services = {
    ...services,
    limits: createRateLimits({ factor: 1000 }),
    config: { ...services.config, registration: 'open' },
  };
  const request = {
    id: 'demo',
    ip: '127.0.0.1',
    userAgent: 'ainotebook seed',
    locale: 'zh-CN' as const,
    accessToken: null,
    idempotencyKey: null,
    isModel: false,
    showBudget: () => undefined,
    cookies: { readRefreshToken: () => null, write: () => undefined, clear: () => undefined },
  };
  return createCaller(createContext(own, request, async () => auth));
}

/** Makes the demo's notebooks, outermost first. @returns ids by path */
async function makeNotebooks(
  caller: Caller,
  userId: string,
  articles: DemoArticle[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { notebook } of articles) {
    for (let depth = 1; depth <= notebook.length; depth++) {
      const path = notebook.slice(0, depth).join('/');
      if (ids.has(path)) continue;
      const id = idOf(userId, 'notebook', path);
      const parentId = ids.get(notebook.slice(0, depth - 1).join('/')) ?? null;
      await caller.notebooks.create({ id, name: notebook[depth - 1] ?? path, parentId });
      ids.set(path, id);
    }
  }
  return ids;
}

/** The account of an earlier seed: recognised by its welcome article, not by its address alone. */
async function findDemoAccount(pool: pg.Pool, email: string): Promise<Auth | null> {
  const { rows } = await pool.query<{ id: string; role: 'user' | 'admin' }>(
    'select id, role from users where email = $1',
    [email],
  );
  const user = rows[0];
  if (!user) return null;
  const welcome = idOf(user.id, 'article', readDemoArticles()[0]?.key ?? '');
  const made = await pool.query('select 1 from articles where id = $1', [welcome]);
  // No session stands behind it: the caller below never leaves this process.
  return made.rowCount ? { userId: user.id, sessionId: welcome, role: user.role } : null;
}

/** Signs in, or registers first. @throws AppError invalid_credentials (the address is somebody else's) */
async function enter(
  services: Services,
  account: { email: string; password: string },
): Promise<Auth | null> {
  const visitor = callerFor(services, null);
  const session = {
    email: account.email,
    password: account.password,
    session: 'token' as const,
  };
  const result = await visitor.auth
    .register({ ...session, displayName: 'Demo', locale: 'zh-CN' })
    .catch(() => visitor.auth.login(session));
  const auth = await authenticateAccessToken(services, result.accessToken, 'api');
  await visitor.auth.logout(result.refreshToken ? { refreshToken: result.refreshToken } : {});
  return auth;
}

/**
 * Makes the demo account, unless an earlier seed did, and the articles of `demo/` in it. Repeating it
 * adds what is missing and changes nothing else.
 * @throws AppError invalid_credentials when the address is somebody else's
 */
export async function seedDemo(
  { services, pool }: { services: Services; pool: pg.Pool },
  account: { email: string; password: string },
): Promise<{ created: number; isNewAccount: boolean }> {
  const known = await findDemoAccount(pool, account.email);
  const auth = known ?? (await enter(services, account));
  if (!auth) throw new Error('A session that was just made does not hold');
  const caller = callerFor(services, auth);
  const { userId } = auth;
  const articles = readDemoArticles();
  const notebooks = await makeNotebooks(caller, userId, articles);
  const withIds = articles.map((article) => ({
    ...article,
    id: idOf(userId, 'article', article.key),
  }));
  // What is made together has one time; the last ones made are the first in the list.
  const groups = [
    withIds.filter(({ key, isPinned }) => !isPinned && key.startsWith('en/')),
    withIds.filter(({ key, isPinned }) => !isPinned && !key.startsWith('en/')),
    withIds.filter(({ isPinned }) => isPinned),
  ];
  const isNew = new Set<string>();
  for (const group of groups) {
    const { ids } = await caller.articles.createMany({
      items: group.map(({ id, title, content, tags, notebook }) => ({
        id,
        title,
        content,
        tags,
        notebookId: notebooks.get(notebook.join('/')) ?? null,
      })),
    });
    for (const id of ids) isNew.add(id);
  }
  // The newest publications are the Chinese ones, first on the front page.
  for (const { id, isPinned, slug } of withIds.toReversed()) {
    if (!isNew.has(id)) continue;
    if (isPinned) await caller.articles.update({ id, data: { isPinned } });
    if (slug) await publishUnder(caller, id, slug);
  }
  return { created: isNew.size, isNewAccount: !known };
}

/** Under the slug written in the file, or one made from the title where that is taken. */
async function publishUnder(caller: Caller, articleId: string, slug: string): Promise<void> {
  const { isAvailable } = await caller.publications.checkSlug({ slug, articleId });
  await caller.publications.publish(isAvailable ? { articleId, slug } : { articleId });
}
