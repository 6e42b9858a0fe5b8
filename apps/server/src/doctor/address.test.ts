import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCertificate } from './address.js';

const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-tls-'));
let server: Server;
let port = 0;
beforeAll(async () => {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=notes.test', '-days', '30'],
    ...['-keyout', key, '-out', cert],
  ]);
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
    socket.on('error', () => undefined),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
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
