import { describe, expect, it } from 'vitest';
import { measure, overruns, SCREENS, tableOf } from './budgets.mjs';

/** A build in small: every screen a file of its own over one they share. */
function build() {
  const manifest = {
    'index.html': { file: 'index.js', css: ['index.css'], imports: ['_vendor.js'] },
    '_vendor.js': { file: 'vendor.js' },
    'src/features/search/palette.tsx': {
      file: 'palette.js',
      name: 'palette',
      isDynamicEntry: true,
      imports: ['_vendor.js'],
    },
    '_codemirror.js': { file: 'codemirror.js', name: 'codemirror' },
  };
  for (const { entries } of SCREENS) {
    for (const entry of entries) {
      if (entry === 'index.html') continue;
      manifest[entry] = { file: `${entry.replace(/\W/g, '-')}.js`, imports: ['index.html'] };
    }
  }
  return manifest;
}
const sizes = (known) => (file) => known[file] ?? 1;
const faultsOf = (known) => overruns(measure(build(), sizes(known)));

describe('the budgets of the web app', () => {
  it('are kept by a small build', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it('count what is imported, once, and with it what a screen stands in', () => {
    const { screens } = measure(build(), sizes({ 'vendor.js': 100 }));
    const sizesByName = Object.fromEntries(screens.map(({ name, js, css }) => [name, [js, css]]));
    // index, vendor and the screen; the document also stands in frame and list, with the editor in it.
    expect(sizesByName['sign-in']).toEqual([102, 1]);
    expect(sizesByName.document).toEqual([105, 1]);
  });

  it('are broken by a script, a style or a later part that is too big', () => {
    expect(faultsOf({ 'src-screens-login-tsx.js': 178.5 })).toEqual([
      'sign-in: 180.5 KiB of JavaScript, allowed are 180',
    ]);
    expect(faultsOf({ 'index.css': 15.1 })).toHaveLength(SCREENS.length);
    expect(faultsOf({ 'palette.js': 110.1 })).toEqual(['part palette: 110.1 KiB, allowed are 110']);
    expect(faultsOf({ 'vendor.js': 1000 }).length).toBeGreaterThanOrEqual(SCREENS.length);
  });

  it('leave the source editor alone, which comes in one piece', () => {
    expect(faultsOf({ 'codemirror.js': 200 })).toEqual([]);
  });

  it('name a screen that is no longer built', () => {
    const manifest = build();
    delete manifest['src/screens/login.tsx'];
    expect(() => measure(manifest, sizes({}))).toThrow(
      'src/screens/login.tsx is not in the manifest',
    );
  });

  it('are shown in a table', () => {
    expect(tableOf(measure(build(), sizes({})))).toContain('| sign-in | 3.0 | 180 | 1.0 | 15 |');
  });
});
