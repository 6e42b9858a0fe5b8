// One row or a hundred, a list costs the same number of statements. Lists of articles, notebooks,
// revisions, tags and users have their own such tests beside them.
import { beforeAll, expect, it } from 'vitest';
import { countQueries } from './count-queries.js';
import { notify } from './notifications/notify.js';
import { type TestUser, useApi } from './test-support.js';

const test = useApi();
const ROWS = 60;
let few: TestUser;
let many: TestUser;

beforeAll(async () => {
  [few, many] = [await test.user({ role: 'admin' }), await test.user({ role: 'admin' })];
  for (const [user, rows] of [
    [few, 1],
    [many, ROWS],
  ] as const) {
    const items = Array.from({ length: rows }, (_, i) => ({ title: `note ${i}`, tags: ['t'] }));
    const { ids } = await user.api.articles.createMany({ items });
    await user.api.articles.updateMany({ action: 'publish', ids });
  }
});

it('publications.list', async () => {
  const { db } = test.services();
  const counts = [];
  for (const [user, rows] of [
    [few, 1],
    [many, ROWS],
  ] as const) {
    counts.push(
      await countQueries(db, async () => {
        const { items } = await user.api.publications.list({ limit: 100 });
        expect(items).toHaveLength(rows);
      }),
    );
  }
  expect(counts[1]).toBe(counts[0]);
});

it('invitations.list and the audit list', async () => {
  const { db } = test.services();
  const cost = async () => [
    await countQueries(db, () => few.api.invitations.list({ limit: 100 })),
    await countQueries(db, () => few.api.admin.site.listAudit({ limit: 100 })),
  ];
  await few.api.invitations.create({});
  const before = await cost();
  for (let i = 0; i < ROWS; i++) await few.api.invitations.create({});
  expect((await few.api.invitations.list({ limit: 100 })).items.length).toBeGreaterThanOrEqual(
    ROWS,
  );
  expect(await cost()).toEqual(before);
});

it('notifications.list', async () => {
  const { db } = test.services();
  const cost = () => countQueries(db, () => few.api.notifications.list({ limit: 100 }));
  const tell = (times: number) =>
    db.transaction((tx) =>
      notify(tx, {
        userIds: Array.from({ length: times }, () => few.id),
        event: { kind: 'password_changed', data: {} },
      }),
    );
  await tell(1);
  const before = await cost();
  await tell(ROWS);
  expect((await few.api.notifications.list({ limit: 100 })).items).toHaveLength(ROWS + 1);
  expect(await cost()).toBe(before);
});
