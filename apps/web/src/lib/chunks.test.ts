import { beforeEach, describe, expect, it } from 'vitest';
import { chunk, isChunkError, mayReload } from './chunks.js';

describe('a part of the app that is gone', () => {
  it.each([
    'Failed to fetch dynamically imported module: http://localhost/assets/notes-1a2b.js',
    'error loading dynamically imported module: http://localhost/assets/notes-1a2b.js',
    'Importing a module script failed.',
    'Unable to preload CSS for /assets/notes-1a2b.css',
  ])('is recognised by the words of the browser: %s', (message) => {
    expect(isChunkError(new TypeError(message))).toBe(true);
  });

  it('is told apart from a fault inside the part', async () => {
    const fault = new TypeError('Cannot read properties of undefined');
    await expect(chunk(() => Promise.reject(fault))()).rejects.toBe(fault);
    expect(isChunkError(fault)).toBe(false);
  });

  it('gets words that the router does not reload for', async () => {
    const gone = new TypeError('Failed to fetch dynamically imported module: /assets/a.js');
    const error = await chunk(() => Promise.reject(gone))().catch((caught: unknown) => caught);
    expect(isChunkError(error)).toBe(true);
    expect(String(error)).not.toContain('dynamically imported module');
  });
});

describe('reloading for it', () => {
  beforeEach(() => sessionStorage.clear());

  it('happens once, not again and again', () => {
    expect(mayReload(100_000)).toBe(true);
    expect(mayReload(130_000)).toBe(false);
    expect(mayReload(170_000)).toBe(true);
  });
});
