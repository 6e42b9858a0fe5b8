import fc from 'fast-check';
import { v4, v7, validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { archiveId } from './archive-ids.js';

const ids = fc.constant(null).map(() => (Math.random() < 0.5 ? v4() : v7()));

it('is a UUID of the same kind, undoes itself, and is another for every account', () => {
  fc.assert(
    fc.property(ids, ids, ids, (alice, bob, id) => {
      const archived = archiveId(alice, id);
      expect(validate(archived)).toBe(true);
      expect(version(archived)).toBe(version(id));
      expect(archiveId(alice, archived)).toBe(id);
      const moved = archiveId(bob, archived);
      expect(moved).not.toBe(id);
      expect(archiveId(bob, moved)).toBe(archived);
    }),
  );
});
