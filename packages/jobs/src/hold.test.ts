import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { claimOne } from './claim.js';
import { countOutgoing, HELD_RETRY_MS, holdOutgoing, readHold, releaseOutgoing } from './hold.js';
import { defineJob } from './job.js';
import { jobsFixture } from './test-support.js';

// That both deliveries keep outgoing jobs back is in conformance.test.ts.
describe('outgoing jobs', () => {
  const jobs = jobsFixture();
  const payload = z.object({});
  const mail = defineJob({ topic: 'mail', payload, isOutgoing: true });
  const note = defineJob({ topic: 'note', payload });
  beforeEach(() => releaseOutgoing(jobs.db()));

  it('are held by word of somebody, until they are released', async () => {
    expect(await readHold(jobs.db())).toBeNull();
    await holdOutgoing(jobs.db(), 'restored from a');
    await holdOutgoing(jobs.db(), 'restored from b');
    expect(await readHold(jobs.db())).toMatchObject({ reason: 'restored from b' });
    expect(await releaseOutgoing(jobs.db())).toBe(true);
    expect(await releaseOutgoing(jobs.db())).toBe(false);
    expect(await readHold(jobs.db())).toBeNull();
  });

  it('that a queue delivers all the same go back to it, untouched', async () => {
    const ids = { mail: await jobs.add(mail, {}), note: await jobs.add(note, {}) };
    await holdOutgoing(jobs.db(), 'a restore');
    const claim = (job: typeof mail, id: string) => claimOne(jobs.db(), job, id);
    expect(await claim(mail, ids.mail)).toEqual({ busyMs: HELD_RETRY_MS });
    expect((await jobs.row(ids.mail)).attempt).toBe(0);
    expect(await claim(note, ids.note)).toMatchObject({ id: ids.note, attempt: 1 });
    await releaseOutgoing(jobs.db());
    expect(await claim(mail, ids.mail)).toMatchObject({ id: ids.mail, attempt: 1 });
  });

  it('are counted by topic while they wait', async () => {
    for (const job of [mail, mail, note]) await jobs.add(job, {});
    const counts = await countOutgoing(jobs.db(), [mail, note]);
    expect(counts).toEqual([{ topic: 'mail', waiting: 2, oldest: expect.any(Date) }]);
    expect(Date.now() - (counts[0]?.oldest.getTime() ?? 0)).toBeLessThan(60_000);
  });
});
