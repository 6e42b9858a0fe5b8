/** A certificate that its own key signed, and that key; PEM. */
export interface MadeCertificate {
  certificate: string;
  privateKey: string;
}

const DAYS_30_MS = 30 * 86_400_000;

/** Makes one for a host name or an IPv4 address, good for 30 days. */
export async function makeCertificate(name: string): Promise<MadeCertificate> {
  // Loaded by those few who need it: every test loads this package.
  const { generate } = await import('selfsigned');
  const isAddress = /^[\d.]+$/.test(name);
  const altNames = [isAddress ? { type: 7 as const, ip: name } : { type: 2 as const, value: name }];
  const made = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + DAYS_30_MS),
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return { certificate: made.cert, privateKey: made.private };
}
