import { describe, expect, it } from 'vitest';
import { useApi } from '../test-support.js';

describe('what a client needs to know first', () => {
  const demo = { email: 'demo@example.org', password: 'demo password' };
  const t = useApi({ config: { registration: 'invite', demo } });

  it('comes from the configuration, without a secret', async () => {
    expect(await t.api().system.info()).toEqual({
      version: '0.0.0-test',
      appName: 'AI-NoteBook',
      siteName: 'AI-NoteBook',
      registration: 'invite',
      needsSetup: false,
      hasTerms: false,
      hasPrivacy: false,
      hasMail: false,
      hasWebSearch: false,
      hasPdf: false,
      demo,
    });
  });
});

describe('the need of a first admin', () => {
  const t = useApi({ config: { setupToken: 'set-up-token-of-the-tests-0123456789' } });

  it('is told while a set-up token can make one, and no longer', async () => {
    await t.user();
    expect((await t.api().system.info()).needsSetup).toBe(true);
    await t.user({ role: 'admin' });
    expect((await t.api().system.info()).needsSetup).toBe(false);
  });
});
