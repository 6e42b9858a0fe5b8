import { beforeEach, describe, expect, it, vi } from 'vitest';

async function freshModule() {
  vi.resetModules();
  return (await import('./progress.js')).onboarding;
}

describe('onboarding', () => {
  beforeEach(() => localStorage.clear());

  it('goes on after a reload where it was left', async () => {
    const before = await freshModule();
    before.begin('ann');
    before.advance({ step: 2, noteId: 'note' });
    expect((await freshModule()).of('ann')).toEqual({ userId: 'ann', step: 2, noteId: 'note' });
  });

  it('is nobody else’s', async () => {
    (await freshModule()).begin('ann');
    expect((await freshModule()).of('bo')).toBeNull();
  });

  it('does not come back once done', async () => {
    const before = await freshModule();
    before.begin('ann');
    before.finish();
    before.advance({ step: 3 });
    expect(before.of('ann')).toBeNull();
    expect((await freshModule()).of('ann')).toBeNull();
  });

  it.each(['{', '7', '{"step":2}', '{"userId":"ann"}'])('takes %s for none', async (stored) => {
    localStorage.setItem('onboarding', stored);
    expect((await freshModule()).of('ann')).toBeNull();
  });
});
