import { createQueueDelivery } from '@ainotebook/jobs';
import { describeWithRedis } from '@ainotebook/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { useServer } from '../test-support.js';

const CLOSED = { 'x-forwarded-for': '203.0.113.7' };

describeWithRedis('the job board', (redisUrl) => {
  let delivery: ReturnType<typeof createQueueDelivery> | undefined;
  // The queues are looked at only; nothing is delivered, so there is no database behind them.
  const server = useServer({
    app: {
      jobs: {
        kind: 'queue',
        problem: () => null,
        get queues() {
          delivery ??= createQueueDelivery({
            db: server.database().db,
            redisUrl,
            hasWorkers: false,
            handlers: [],
            queues: [{ name: 'background', concurrency: 1, limiter: null }],
          });
          return delivery.queues;
        },
      },
    },
  });
  afterAll(() => delivery?.stop({ deadlineMs: 1_000 }));

  it('shows operators the queues, under a policy of its own', async () => {
    const page = await server.send({ path: '/queues/' });
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    const answer = await server.send({ path: '/queues/api/queues' });
    expect(JSON.parse(answer.text).queues).toMatchObject([
      { name: 'background', readOnlyMode: true },
    ]);
  });

  it('changes nothing', async () => {
    const answer = await server.send({
      method: 'PUT',
      path: '/queues/api/queues/background/retry/failed',
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it.each(['/queues', '/queues/', '/queues/api/queues'])(
    'is not there for the world: %s',
    async (path) => {
      expect((await server.send({ path, headers: CLOSED })).status).toBe(404);
    },
  );
});

describe('without Redis', () => {
  const server = useServer();
  it('is not there', async () => {
    expect((await server.send({ path: '/queues' })).status).toBe(404);
  });
});
