import { describe, expect, it } from 'vitest';
import { createUploadPlaces } from './upload-places.js';

describe('places for uploads', () => {
  const busy = { code: 'unavailable', retryAfterMs: 2000 };
  const never = () => new Promise<never>(() => undefined);

  it('are not all taken by one person, whose others wait', async () => {
    const inTurn = createUploadPlaces({ most: 6, ofOne: 2 });
    for (let i = 0; i < 2; i += 1) void inTurn('slow', never);
    await expect(inTurn('slow', async () => 1)).rejects.toMatchObject(busy);
    expect(await inTurn('other', async () => 2)).toBe(2);
    for (const person of ['a', 'a', 'b', 'b']) void inTurn(person, never);
    await expect(inTurn('other', async () => 3)).rejects.toMatchObject(busy);
  });

  it('are free again when an upload has ended, whatever became of it', async () => {
    const inTurn = createUploadPlaces({ most: 1, ofOne: 1 });
    await expect(inTurn('a', () => Promise.reject(new Error('cut off')))).rejects.toThrow(
      'cut off',
    );
    expect(await inTurn('a', async () => 1)).toBe(1);
    expect(await inTurn('b', async () => 2)).toBe(2);
  });
});
