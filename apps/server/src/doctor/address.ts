import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import type { Settings } from '../env.js';
import { isLoopbackName } from '../http/cookies.js';
import { type Finding, findingsOf, reasonOf } from './finding.js';

const WAIT_MS = 5_000;
const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

/** Whether people reach the server under its address. */
export async function checkAddress({ appUrl, isProduction }: Settings): Promise<Finding[]> {
  const { found, ok, warn, fail } = findingsOf('address');
  const { hostname, port, protocol } = new URL(appUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isLoopbackName(hostname)) {
    if (isProduction) warn(`APP_URL is ${appUrl}: only this machine gets there.`, 'Set APP_URL.');
    else ok(`APP_URL is ${appUrl}, this machine.`);
    return found;
  }
  try {
    const addresses = await lookup(host, { all: true });
    ok(`${host} is ${addresses.map(({ address }) => address).join(', ')}.`);
  } catch (error) {
    fail(`The name ${host} leads nowhere: ${reasonOf(error)}`, 'Correct its DNS, or APP_URL.');
    return found;
  }
  if (protocol === 'https:') {
    try {
      const { validTo, problem } = await readCertificate(host, Number(port) || 443);
      const days = Math.floor((Date.parse(validTo) - Date.now()) / DAY_MS);
      if (problem !== null) {
        fail(`Browsers refuse the certificate: ${problem}.`, 'Renew it: certbot renew.');
      } else if (days < SOON_DAYS) {
        warn(`The certificate ends in ${days} days.`, 'Renew it: certbot renew.');
      } else ok(`The certificate is good for ${days} days.`);
    } catch (error) {
      fail(`No TLS at ${host}: ${reasonOf(error)}`, 'Is nginx running, and port 443 open?');
      return found;
    }
  }
  try {
    const answer = await fetch(`${appUrl}/health`, { signal: AbortSignal.timeout(WAIT_MS) });
    const isOurs = answer.ok && (await answer.text()).includes('"database"');
    if (isOurs) ok(`${appUrl} answers.`);
    else
      fail(`${appUrl}/health answers ${answer.status}, and not as this server does.`, 'See nginx.');
  } catch (error) {
    const { cause } = error instanceof Error ? error : {};
    fail(`${appUrl} does not answer: ${reasonOf(cause ?? error)}`, 'Start the server, and nginx.');
  }
  return found;
}

/** The certificate a server shows, and why it would not be believed. */
export async function readCertificate(
  host: string,
  port: number,
): Promise<{ validTo: string; problem: string | null }> {
  // Looked at, also when it is bad; nothing is sent.
  const name = isIP(host) ? {} : { servername: host };
  const socket = connect({ host, port, ...name, rejectUnauthorized: false });
  socket.setTimeout(WAIT_MS, () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'secureConnect');
    const certificate: PeerCertificate = socket.getPeerCertificate();
    const { authorizationError: error } = socket;
    const problem = error ? reasonOf(error) : null;
    return { validTo: certificate.valid_to, problem };
  } finally {
    socket.destroy();
  }
}
