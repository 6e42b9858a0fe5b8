import { describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { useApi } from '../test-support.js';

const t = useApi();

describe('the own profile', () => {
  it('is read and changed by its owner alone', async () => {
    const anna = await t.user({ displayName: 'Anna' });
    const ben = await t.user({ displayName: 'Ben' });
    const changed = await anna.api.users.update({
      data: { displayName: '安娜', bio: 'Writes.', locale: 'en', handle: `${anna.handle}-x` },
    });
    expect(changed).toMatchObject({ displayName: '安娜', bio: 'Writes.', locale: 'en' });
    expect(await anna.api.users.me()).toEqual(changed);
    expect((await ben.api.users.me()).displayName).toBe('Ben');
    expect(await anna.api.users.update({ data: {} })).toEqual(changed);
    expect(await codeOf(t.api().users.me())).toBe('unauthenticated');
    expect(await codeOf(t.api().users.update({ data: { bio: 'x' } }))).toBe('unauthenticated');
  });

  it('shows nothing but what is meant', async () => {
    const anna = await t.user();
    expect(Object.keys(await anna.api.users.me()).sort()).toEqual([
      'bio',
      'createdAt',
      'displayName',
      'email',
      'handle',
      'hasNotificationMail',
      'id',
      'isEmailVerified',
      'locale',
      'role',
    ]);
  });

  it('cannot take a handle that is taken or reserved', async () => {
    const anna = await t.user();
    const ben = await t.user();
    const take = (handle: string) => codeOf(ben.api.users.update({ data: { handle } }));
    expect(await take(anna.handle.toUpperCase())).toBe('handle_taken');
    expect(await take('login')).toBe('handle_taken');
    expect(await take('not a handle')).toBe('bad_input');
    expect(await take(ben.handle)).toBe('none');
  });

  it('takes no field that is not the owner’s to set', async () => {
    const anna = await t.user();
    for (const field of ['role', 'status', 'email', 'epoch', 'id', 'createdAt', 'constructor']) {
      const data = { bio: 'x', [field]: 'admin' };
      expect(await codeOf(anna.api.users.update({ data })), field).toBe('bad_input');
    }
    expect(await anna.api.users.me()).toMatchObject({ role: 'user', bio: '' });
  });

  it('changes once under a repeated idempotency key', async () => {
    const anna = await t.user();
    const auth = { userId: anna.id, sessionId: anna.sessionId, role: 'user' as const };
    const api = () => t.api(auth, { idempotencyKey: 'profile-change-1' });
    const one = await api().users.update({ data: { bio: 'one' } });
    await anna.api.users.update({ data: { bio: 'two' } });
    expect(await api().users.update({ data: { bio: 'one' } })).toEqual(one);
    expect((await anna.api.users.me()).bio).toBe('two');
    expect(await codeOf(api().users.update({ data: { bio: 'three' } }))).toBe(
      'idempotency_mismatch',
    );
  });
});

describe('a public profile', () => {
  it('is shown to anybody by its handle, without anything private', async () => {
    const anna = await t.user({ bio: 'Writes.' });
    const profile = await t.api().users.profile({ handle: anna.handle.toUpperCase() });
    expect(profile).toMatchObject({ handle: anna.handle, bio: 'Writes.' });
    expect(Object.keys(profile).sort()).toEqual(['bio', 'createdAt', 'displayName', 'handle']);
  });

  it('is absent for unknown and for suspended users alike', async () => {
    const gone = await t.user({ status: 'suspended' });
    expect(await codeOf(t.api().users.profile({ handle: gone.handle }))).toBe('not_found');
    expect(await codeOf(t.api().users.profile({ handle: 'nobody-here' }))).toBe('not_found');
  });
});
