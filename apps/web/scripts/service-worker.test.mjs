import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { serviceWorkerOf } from './service-worker.mjs';

const script = readFileSync(new URL('../worker/sw.js', import.meta.url), 'utf8');

function manifest() {
  const names = ['login', 'shell', 'home', 'notes', 'article', 'not-on-device'];
  const screens = names.map((name) => `src/screens/${name}.tsx`);
  const sources = [
    ...screens,
    'src/features/offline/keeper.ts',
    'src/features/offline/away-banner.tsx',
    'src/features/search/palette.tsx',
    'src/features/editor/rich/rich-editor.tsx',
    'src/features/editor/rich/rich-tools.tsx',
    'src/features/editor/rich/atom-dialog.tsx',
    'src/features/editor/markdown-editor.tsx',
    'src/ui/toaster.tsx',
    'src/screens/admin.tsx',
  ];
  return {
    'index.html': { file: 'assets/index-1a.js', css: ['assets/index-2b.css'] },
    ...Object.fromEntries(
      sources.map((source) => [source, { file: `assets/${source.replace(/\W/g, '-')}.js` }]),
    ),
  };
}

/** Runs the worker as far as its listeners and hands them out. */
function start(build, cdn) {
  const listeners = {};
  const self = {
    CDN: cdn,
    location: { origin: 'https://notes.example' },
    addEventListener: (name, listener) => {
      listeners[name] = listener;
    },
  };
  vm.runInNewContext(serviceWorkerOf(build, script), { self, URL });
  return listeners;
}

/** True when the worker takes the request; what it answers is the browser test's affair. */
function takes(
  path,
  { mode = 'navigate', method = 'GET', origin = 'https://notes.example', cdn = undefined } = {},
) {
  const { fetch } = start(manifest(), cdn);
  let isTaken = false;
  // Answering would ask for a cache, which is not there.
  const respondWith = (answer) => {
    isTaken = true;
    answer.catch(() => undefined);
  };
  fetch({ request: { url: `${origin}${path}`, method, mode }, respondWith });
  return isTaken;
}

describe('the service worker of a build', () => {
  it('keeps sign-in, shell, lists, notes and the palette, not the screens of administrators', () => {
    const text = serviceWorkerOf(manifest(), script);
    const build = JSON.parse(/const BUILD = (.*);/.exec(text)[1]);
    expect(build.entry).toEqual(['/assets/index-1a.js', '/assets/index-2b.css']);
    expect(build.files).toContain('/index.html');
    expect(build.files).toContain('/assets/src-screens-article-tsx.js');
    expect(build.files).toContain('/assets/src-screens-login-tsx.js');
    expect(build.files).toContain('/assets/src-screens-not-on-device-tsx.js');
    expect(build.files).not.toContain('/assets/src-screens-admin-tsx.js');
  });

  it('has another name when any file of the build has', () => {
    const idOf = (build) => /"id":"(\w+)"/.exec(serviceWorkerOf(build, script))[1];
    const next = manifest();
    next['src/screens/admin.tsx'].file = 'assets/admin-9z.js';
    expect(idOf(next)).not.toBe(idOf(manifest()));
    expect(idOf(manifest())).toBe(idOf(manifest()));
  });

  it.each([
    '/',
    '/notes',
    '/notes/some-id',
    '/settings',
    '/published',
    '/login',
    '/support',
    '/tags',
  ])('opens the app at %s', (path) => expect(takes(path)).toBe(true));

  it.each([
    '/p/a-slug',
    '/u/handle',
    '/s/token',
    '/tag/tea',
    '/api/files/1',
    '/ws',
    '/feed.xml',
    '/feed.json',
    '/u/handle/feed.xml',
    '/sitemap.xml',
    '/sitemap-1.xml',
    '/robots.txt',
    '/terms',
    '/privacy',
    '/health',
    '/ready',
    '/metrics',
  ])('leaves %s to the server', (path) => expect(takes(path)).toBe(false));

  it('touches no call, no write and nobody else’s files', () => {
    expect(takes('/api/trpc/articles.list', { mode: 'cors' })).toBe(false);
    expect(takes('/assets/a.js', { mode: 'cors', method: 'POST' })).toBe(false);
    expect(takes('/assets/a.js', { mode: 'no-cors', origin: 'https://cdn.example' })).toBe(false);
    expect(takes('/assets/a.js', { mode: 'cors' })).toBe(true);
    expect(takes('/boot.js', { mode: 'no-cors' })).toBe(true);
  });

  it('takes what pages load of the app from a CDN, and says by it which build waits', () => {
    const cdn = 'https://cdn.example/web';
    expect(takes('/web/assets/a.js', { mode: 'cors', origin: 'https://cdn.example', cdn })).toBe(
      true,
    );
    expect(takes('/other/assets/a.js', { mode: 'cors', origin: 'https://cdn.example', cdn })).toBe(
      false,
    );
    const answers = [];
    const { message } = start(manifest(), cdn);
    message({ data: 'build', ports: [{ postMessage: (answer) => answers.push([...answer]) }] });
    expect(answers).toEqual([[`${cdn}/assets/index-1a.js`, `${cdn}/assets/index-2b.css`]]);
  });
});
