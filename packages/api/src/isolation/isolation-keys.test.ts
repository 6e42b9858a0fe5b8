// What API keys open: every procedure, with keys that lack its scope, are over, or are somebody else's.
import { API_SCOPES, type ApiScope } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { scopeOf } from '../auth/admit.js';
import { listProcedures } from '../procedure-list.js';
import { type TestUser, useApi } from '../test-support.js';
import { EXPECTED, type Outcome, type World } from './isolation-table.js';
import { buildWorld, callWith, expectNothingOf, outcomeOf, ownersData } from './isolation-world.js';

const test = useApi();
const { apiKeys, users } = schema;
const past = sql`now() - interval '1 second'`;

const procedures = listProcedures().map(({ path, type, meta }) => ({
  path,
  scope: scopeOf(meta.scope, type),
}));

/** What no key may ever do, whatever its scopes. */
const CLOSED = [
  /^(admin|auth|apiKeys|invitations|invoices|orders)\./,
  /^users\.(requestEmailChange|confirmEmailChange|delete)$/,
  /^billing\.redeem$/,
];

async function keyOf(
  user: TestUser,
  change: Partial<Record<'expiresAt' | 'revokedAt', typeof past>> = {},
): Promise<string> {
  const input = { name: 'key', scopes: [...API_SCOPES], expiresInDays: null };
  const { id, secret } = await user.api.apiKeys.create(input);
  if (Object.keys(change).length > 0) await update(id, change);
  return secret;
}

async function update(id: string, change: object) {
  await test.services().db.update(apiKeys).set(change).where(eq(apiKeys.id, id));
}

let world: World;
/** Keys that are the same for all procedures. */
let keys: Record<'stranger' | 'admin' | 'revoked' | 'expired' | 'suspended', string>;
/** One whose scopes are what each procedure makes them. */
let scoped: { id: string; secret: string };

beforeAll(async () => {
  world = await buildWorld(test);
  const suspended = await test.user();
  keys = {
    stranger: await keyOf(await test.user()),
    admin: await keyOf(await test.user({ role: 'admin' })),
    revoked: await keyOf(world.owner, { revokedAt: past }),
    expired: await keyOf(world.owner, { expiresAt: past }),
    suspended: await keyOf(suspended),
  };
  const { db } = test.services();
  await db.update(users).set({ status: 'suspended' }).where(eq(users.id, suspended.id));
  const user = await test.user();
  scoped = await user.api.apiKeys.create({ name: 'key', scopes: ['tags:read'], expiresInDays: 1 });
});

it('leaves accounts, sessions, money, administration and keys themselves closed to keys', () => {
  const closed = procedures.filter(({ path }) => CLOSED.some((pattern) => pattern.test(path)));
  expect(closed.length).toBeGreaterThan(50);
  expect(closed.filter(({ scope }) => scope !== undefined)).toEqual([]);
});

it('has every scope for something', () => {
  const used = new Set(procedures.map(({ scope }) => scope));
  expect(API_SCOPES.filter((scope) => !used.has(scope))).toEqual([]);
});

describe('a key that writes notes', () => {
  it('publishes none and withdraws none, many at once neither, without the scope for it', async () => {
    const author = await test.user();
    const [live, draft] = [
      await author.api.articles.create({ title: 'live' }),
      await author.api.articles.create({ title: 'draft' }),
    ];
    await author.api.publications.publish({ articleId: live.id });
    const call = async (scopes: ApiScope[], input: object) => {
      const { secret } = await author.api.apiKeys.create({ name: 'k', scopes, expiresInDays: 1 });
      return (await outcomeOf(callWith(test, secret, { path: 'articles.updateMany', input })))
        .outcome;
    };
    const isLive = async ({ id }: { id: string }) =>
      (await author.api.publications.get({ articleId: id })) !== null;
    const publish = { action: 'publish', ids: [draft.id] };
    const unpublish = { action: 'unpublish', ids: [live.id] };
    const archive = { action: 'archive', ids: [draft.id], isArchived: false };
    const writes = API_SCOPES.filter((scope) => scope !== 'publications:write');
    expect(await call(writes, publish)).toBe('forbidden');
    expect(await call(writes, unpublish)).toBe('forbidden');
    expect(await call(writes, archive)).toBe('ok');
    expect([await isLive(live), await isLive(draft)]).toEqual([true, false]);
    const both: ApiScope[] = ['articles:write', 'publications:write'];
    expect(await call(both, publish)).toBe('ok');
    expect(await call(both, unpublish)).toBe('ok');
    expect([await isLive(live), await isLive(draft)]).toEqual([false, true]);
  });
});

describe('a key that exports', () => {
  it('neither makes nor sees archives of the account', async () => {
    const person = await test.user();
    const secret = await keyOf(person);
    const call = (path: string, input?: object) =>
      outcomeOf(callWith(test, secret, { path, input }));
    expect((await call('exports.create', { kind: 'account' })).outcome).toBe('forbidden');
    const { id } = await person.api.exports.create({ kind: 'account' });
    expect((await call('exports.list')).answer).toEqual({ items: [] });
    expect((await call('exports.remove', { id })).outcome).toBe('not_found');
    expect((await person.api.exports.list()).items).toMatchObject([{ id }]);
    await person.api.exports.remove({ id });
    expect((await call('exports.create', { kind: 'everything' })).outcome).toBe('ok');
    expect((await call('exports.list')).answer).toMatchObject({ items: [{ kind: 'everything' }] });
  });
});

describe.each(procedures)('$path by key', ({ path, scope }) => {
  const expectation = EXPECTED[path];
  if (!expectation) throw new Error(`${path} is not in the table`);
  const { stranger, input } = expectation;

  /** Calls it with the owner's ids: nothing may be shown. */
  const expectOutcome = async (secret: string, expected: Outcome, who: string) => {
    const call = callWith(test, secret, { path, input: input?.(world) });
    const { outcome, answer } = await outcomeOf(call);
    expect(outcome, who).toBe(expected);
    expectNothingOf(world, answer, expectation);
  };

  it('nothing is shown and nothing changed, whatever the key', async () => {
    const before = await ownersData(test, world);
    const reached = scope === undefined ? 'forbidden' : stranger;
    await expectOutcome(keys.stranger, reached, 'a second user, every scope');
    await expectOutcome(keys.admin, reached, 'an administrator, every scope');
    await expectOutcome(keys.suspended, 'account_suspended', 'a suspended user');
    await expectOutcome(keys.revoked, 'unauthenticated', 'the owner, revoked');
    await expectOutcome(keys.expired, 'unauthenticated', 'the owner, expired');
    await expectOutcome(`anb_${'A'.repeat(43)}`, 'unauthenticated', 'nobody');
    const without = scope === 'any' ? stranger : 'forbidden';
    await update(scoped.id, { scopes: [] });
    await expectOutcome(scoped.secret, without, 'no scope');
    await update(scoped.id, { scopes: API_SCOPES.filter((other) => other !== scope) });
    await expectOutcome(scoped.secret, without, 'every other scope');
    expect(await ownersData(test, world)).toBe(before);
  });
});
