import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startModels } from './ai/models.js';

it('a test that would leave this machine fails, one that stays does not', async () => {
  const outside = await fetch('http://192.0.2.1/').catch((error: unknown) => error);
  expect(outside).toMatchObject({ cause: { message: 'A test connects to 192.0.2.1' } });
  expect(() => connect(80, '192.0.2.1')).toThrow('A test connects to 192.0.2.1');
  const server = await startModels({ kind: 'openai', apiKey: 'key' });
  expect((await fetch(server.baseUrl)).status).toBe(404);
  await server.stop();
});
