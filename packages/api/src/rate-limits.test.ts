import { describeWithRedis, testRedisUrl } from '@ainotebook/testkit';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { countQueries, poolOf } from './count-queries.js';
import { AppError } from './errors.js';
import { addressKey, createRateLimits, type KeyBudget, pruneRateLimits } from './rate-limits.js';
import { useApi } from './test-support.js';

const allowed = async (calls: number, call: () => Promise<void>) => {
  let count = 0;
  for (let i = 0; i < calls; i++) {
    await call().then(
      () => {
        count += 1;
      },
      (error: unknown) => expect(error).toBeInstanceOf(AppError),
    );
  }
  return count;
};

describe('an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key);
  });
});

describe('limits', () => {
  it('hold for a user who changes addresses, and for an address that changes users', async () => {
    const limits = createRateLimits();
    const user = { userId: 'u1' };
    expect(
      await allowed(40, () =>
        limits.consume('auth', { ip: `198.51.100.${Math.random()}`, ...user }),
      ),
    ).toBe(30);
    const users = Array.from({ length: 70 }, (_, i) => `v${i}`);
    const fromOneAddress = () =>
      limits.consume('auth', { ip: '2001:db8::1', userId: users.pop() ?? null });
    expect(await allowed(70, fromOneAddress)).toBe(60);
    // Another address of the same /64 is the same address.
    expect(
      await allowed(1, () => limits.consume('auth', { ip: '2001:db8::2', userId: null })),
    ).toBe(0);
  });

  it('hold for mails to one address, whoever asks for them, and for who asks for many', async () => {
    const limits = createRateLimits();
    expect(await allowed(20, () => limits.consumeMail('a@example.org'))).toBe(5);
    expect(await allowed(1, () => limits.consumeMail('b@example.org'))).toBe(1);
    const ask = { ip: '198.51.100.7', userId: 'u1' };
    expect(await allowed(20, () => limits.consume('mail', ask))).toBe(10);
    expect(await allowed(40, () => limits.consume('mail', { ...ask, userId: null }))).toBe(10);
  });

  it('say after how long to come back', async () => {
    const limits = createRateLimits();
    const refused = await Promise.allSettled(
      Array.from({ length: 11 }, () => limits.consumeSecret('login:a@example.org')),
    );
    const errors = refused
      .filter((result) => result.status === 'rejected')
      .map((result) => result.reason);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: 'rate_limited' });
    expect(errors[0].retryAfterMs).toBeGreaterThan(800_000);
  });

  it('hold for a key whatever it calls, and for all keys of a person, who is not held up by them', async () => {
    const limits = createRateLimits();
    const told: number[] = [];
    const show = ({ points, windowS, remaining, resetMs }: KeyBudget) => {
      expect([points, windowS]).toEqual([300, 60]);
      expect(resetMs).toBeGreaterThan(0);
      told.push(remaining);
    };
    const by = (keyId: string, limit: 'read' | 'search') =>
      limits.consumeKey(limit, { keyId, userId: 'u1' }, show);
    expect(await allowed(200, () => by('k1', 'read'))).toBe(200);
    expect(await allowed(150, () => by('k1', 'search'))).toBe(100);
    expect([told[0], told[299], told.at(-1)]).toEqual([299, 0, 0]);
    expect(await allowed(50, () => by('k2', 'search'))).toBe(20);
    expect(await allowed(120, () => limits.consumeUser('search', 'u1'))).toBe(120);
    expect(await allowed(1, () => limits.consumeUser('search', 'u1'))).toBe(0);
    expect(
      await allowed(1, () => limits.consumeKey('search', { keyId: 'k3', userId: 'u2' }, show)),
    ).toBe(1);
  });

  it('of a secret are cleared by a success and do not touch another secret', async () => {
    const limits = createRateLimits();
    expect(await allowed(12, () => limits.consumeSecret('one'))).toBe(10);
    expect(await allowed(1, () => limits.consumeSecret('two'))).toBe(1);
    await limits.clearSecret('one');
    expect(await allowed(1, () => limits.consumeSecret('one'))).toBe(1);
  });
});

describe('with Postgres instead of Redis', () => {
  const setup = useApi();
  const limits = () => createRateLimits({ pool: poolOf(setup.services().db) });

  it('attempts on a secret count in all processes together, and are forgotten by a success', async () => {
    const [here, there] = [limits(), limits()];
    expect(await allowed(6, () => here.consumeSecret('login:a@example.org'))).toBe(6);
    expect(await allowed(6, () => there.consumeSecret('login:a@example.org'))).toBe(4);
    expect(await allowed(1, () => there.consumeSecret('login:b@example.org'))).toBe(1);
    await here.clearSecret('login:a@example.org');
    expect(await allowed(1, () => there.consumeSecret('login:a@example.org'))).toBe(1);
  });

  it('mails to an address count in all processes together', async () => {
    const [here, there] = [limits(), limits()];
    expect(await allowed(3, () => here.consumeMail('a@example.org'))).toBe(3);
    expect(await allowed(3, () => there.consumeMail('a@example.org'))).toBe(2);
    expect(await allowed(1, () => there.consumeMail('b@example.org'))).toBe(1);
  });

  it('so do sign-ins, while reads cost no statement', async () => {
    const who = { ip: '203.0.113.50', userId: null };
    const count = (limit: 'auth' | 'read') =>
      countQueries(setup.services().db, () => limits().consume(limit, who));
    expect(await count('auth')).toBe(1);
    expect(await count('read')).toBe(0);
  });

  it('windows that are over are pruned, others stay', async () => {
    const { db } = setup.services();
    await db.execute(sql`insert into rate_limits (key, points, expire) values ('over', 1, 1)`);
    await limits().consumeSecret('still open');
    expect(await pruneRateLimits(db)).toBe(1);
    expect(await pruneRateLimits(db)).toBe(0);
  });
});

describeWithRedis('with Redis', () => {
  const connect = () =>
    new Redis(testRedisUrl() ?? '', {
      commandTimeout: 100,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      lazyConnect: true,
    });
  const clients: Redis[] = [];
  afterAll(() => {
    for (const client of clients) client.disconnect();
  });
  const process = async () => {
    const redis = connect();
    redis.on('error', () => undefined);
    await redis.connect();
    clients.push(redis);
    return { redis, limits: createRateLimits({ redis }) };
  };

  it('limits hold across processes', async () => {
    const [one, two] = [await process(), await process()];
    const secret = `shared-${Math.random()}`;
    expect(await allowed(8, () => one.limits.consumeSecret(secret))).toBe(8);
    expect(await allowed(8, () => two.limits.consumeSecret(secret))).toBe(2);
  });

  it('limits still hold in each process when Redis is gone', async () => {
    const { redis, limits } = await process();
    redis.disconnect();
    const secret = `alone-${Math.random()}`;
    expect(await allowed(15, () => limits.consumeSecret(secret))).toBe(10);
  });
});
