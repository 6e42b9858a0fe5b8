import { beforeAll, describe, expect, it } from 'vitest';
import { appRouter } from '../router.js';
import { type TestUser, useApi } from '../test-support.js';
import { EXPECTED, type Outcome, type World } from './isolation-table.js';
import { buildWorld, callWith, expectNothingOf, outcomeOf, ownersData } from './isolation-world.js';

const test = useApi();
let world: World;

beforeAll(async () => {
  world = await buildWorld(test);
});

/** The access token of a fresh sign-in. */
async function tokenOf(user: TestUser | null): Promise<string | null> {
  if (!user) return null;
  const claims = { userId: user.id, sessionId: user.sessionId, epoch: 0 };
  return (await test.services().accessTokens.sign(claims, 'api')).token;
}

it('has an expectation for every procedure, and for nothing else', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
});

describe.each(Object.entries(EXPECTED))('%s with the ids of another user', (path, expectation) => {
  const cases: [string, () => Promise<TestUser | null>, Outcome][] = [
    ['a visitor', async () => null, expectation.visitor],
    ['a second user', () => test.user(), expectation.stranger],
    [
      'an administrator',
      () => test.user({ role: 'admin' }),
      expectation.admin ?? expectation.stranger,
    ],
    [
      'a suspended user',
      () => test.user({ status: 'suspended' }),
      expectation.visitor === 'unauthenticated' ? 'account_suspended' : expectation.visitor,
    ],
  ];

  it.each(cases)('%s: nothing shown, nothing changed', async (_, user, expected) => {
    const before = await ownersData(test, world);
    const token = await tokenOf(await user());
    const input = expectation.input?.(world);
    const { outcome, answer } = await outcomeOf(callWith(test, token, { path, input }));
    expect(outcome).toBe(expected);
    expectNothingOf(world, answer, expectation);
    expect(await ownersData(test, world)).toBe(before);
  });
});
