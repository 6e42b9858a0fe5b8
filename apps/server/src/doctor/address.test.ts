import { createServer, type Server } from 'node:tls';
import { makeCertificate } from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCertificate } from './address.js';

let server: Server;
let port = 0;
beforeAll(async () => {
  const { certificate, privateKey } = await makeCertificate('notes.test');
  server = createServer({ key: privateKey, cert: certificate }, (socket) =>
    socket.on('error', () => undefined),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  server.close();
});

describe('the certificate of an address', () => {
  it('is read, with its end and why nobody would believe it', async () => {
    const { validTo, problem } = await readCertificate('127.0.0.1', port);
    expect(Date.parse(validTo) - Date.now()).toBeGreaterThan(29 * 86_400_000);
    expect(problem).toMatch(/self.signed/i);
  });

  it('is missed where nobody listens', async () => {
    await expect(readCertificate('127.0.0.1', 1)).rejects.toThrow(/ECONNREFUSED/);
  });
});
