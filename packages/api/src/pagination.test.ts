import { schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toAppError } from './errors.js';
import { decodeCursor, encodeCursor, instantCursor } from './pagination.js';
import { useApi } from './test-support.js';

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return toAppError(error).code;
  }
}

describe('a cursor', () => {
  it('carries its values unchanged', () => {
    const schemaOf = z.tuple([z.string(), z.number().nullable()]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.option(fc.integer()), (text, number) => {
        expect(decodeCursor(encodeCursor([text, number]), schemaOf)).toEqual([text, number]);
      }),
    );
  });

  it('is refused as bad input when it was made up', () => {
    const id = v7();
    for (const forged of [
      '',
      'x',
      '%%%',
      encodeCursor([]),
      encodeCursor([1, id, 1]),
      encodeCursor(['1', id]),
      encodeCursor([1.5, id]),
      encodeCursor([-1, id]),
      encodeCursor([1e300, id]),
      encodeCursor([1, `${id}' or true`]),
      Buffer.from('{"0":1}').toString('base64url'),
    ]) {
      expect(
        codeOf(() => decodeCursor(forged, instantCursor)),
        forged,
      ).toBe('bad_input');
    }
  });
});

describe('a list ordered by moment and id', () => {
  const t = useApi();

  it('shows every row once though moments differ by microseconds, are equal, and rows arrive', async () => {
    const admin = await t.user({ role: 'admin' });
    const { db } = t.services();
    const add = async (micros: number) => {
      const id = v7();
      await db.execute(sql`
        insert into audit_events (id, action, created_at) values (
          ${id}, 'site.settings_updated',
          timestamptz '2026-01-01 00:00:00Z' + ${micros}::int * interval '1 microsecond'
        )`);
      return id;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        async (moments, limit) => {
          await db.delete(schema.auditEvents);
          const ids = new Set<string>();
          for (const micros of moments) ids.add(await add(micros));
          const seen: string[] = [];
          let cursor: string | null = null;
          do {
            const page: { items: { id: string }[]; nextCursor: string | null } =
              await admin.api.admin.site.listAudit({ limit, cursor });
            seen.push(...page.items.map((item) => item.id));
            // Newer than everything: belongs to no later page.
            await add(1000 + seen.length);
            cursor = page.nextCursor;
          } while (cursor !== null);
          expect(seen).toHaveLength(ids.size);
          expect(new Set(seen)).toEqual(ids);
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });

  it('survives a cursor at the ends of time', async () => {
    const admin = await t.user({ role: 'admin' });
    for (const instant of [0, Number.MAX_SAFE_INTEGER]) {
      const page = await admin.api.admin.site.listAudit({ cursor: encodeCursor([instant, v7()]) });
      expect(Array.isArray(page.items)).toBe(true);
    }
  });
});
