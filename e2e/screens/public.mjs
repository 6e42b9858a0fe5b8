// What the server renders.

/** @type {import('../screens.mjs').Screen[]} */
export const PUBLIC = [
  { name: 'api-docs', who: 'visitor', path: '/api/docs' },
  { name: 'landing', who: 'visitor', path: '/' },
  {
    name: 'public-article',
    who: 'visitor',
    path: (w, l) => `/p/${encodeURIComponent(w.slugs[l])}`,
  },
  { name: 'public-author', who: 'visitor', path: (w) => `/u/${w.handle}` },
  { name: 'public-share', who: 'visitor', path: (w) => w.sharePath },
  { name: 'public-missing', who: 'visitor', path: '/p/nothing-here' },
];
