import { beforeEach, describe, expect, it, vi } from 'vitest';

async function freshModule() {
  vi.resetModules();
  return import('./preferences.js');
}

describe('preferences of this device', () => {
  beforeEach(() => localStorage.clear());

  it('outlive the page', async () => {
    const before = await freshModule();
    before.setPreferences({ font: 'serif', sidebarWidth: 300, hasSingleKeys: false });
    const after = (await freshModule()).getPreferences();
    expect(after).toMatchObject({ font: 'serif', sidebarWidth: 300, hasSingleKeys: false });
  });

  it.each([
    ['no JSON', '{'],
    ['another type', '"dark"'],
    ['nothing', 'null'],
    ['values nobody knows', '{"font":"comic","sidebarWidth":"wide","hasSpellCheck":1}'],
  ])('fall back where the store holds %s', async (_, stored) => {
    localStorage.setItem('preferences', stored);
    expect((await freshModule()).getPreferences()).toMatchObject({
      font: 'sans',
      sidebarWidth: 248,
      hasSpellCheck: true,
    });
  });

  it('keep what is right beside what is wrong', async () => {
    localStorage.setItem('preferences', '{"font":"serif","density":"huge","sidebarWidth":9000}');
    expect((await freshModule()).getPreferences()).toMatchObject({
      font: 'serif',
      density: 'comfortable',
      sidebarWidth: 400,
    });
  });

  it('show on the page, and follow another tab', async () => {
    const { setPreferences, watchPreferences, getPreferences } = await freshModule();
    const stop = watchPreferences();
    setPreferences({ fontSize: 'large' });
    expect(document.documentElement.dataset.fontSize).toBe('large');
    localStorage.setItem('preferences', '{"fontSize":"small"}');
    window.dispatchEvent(new StorageEvent('storage', { key: 'preferences' }));
    expect(getPreferences().fontSize).toBe('small');
    expect(document.documentElement.dataset.fontSize).toBe('small');
    stop();
  });
});
