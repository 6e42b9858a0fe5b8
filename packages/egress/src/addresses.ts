import ipaddr from 'ipaddr.js';

/** Names that mean the machine itself or a private network, with everything below them. */
const PRIVATE_SUFFIXES = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'home.arpa',
  'onion',
];
const NAT64_AND_OLD_IPV4 = ['64:ff9b::/96', '64:ff9b:1::/48', '::/96'].map((range) =>
  ipaddr.IPv6.parseCIDR(range),
);

/**
 * Whether packets to this IP address leave for the public internet. An IPv4 address inside an IPv6 one is
 * judged as what it is; what is neither is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6 && NAT64_AND_OLD_IPV4.some((range) => parsed.match(range)))
    return false;
  return parsed.range() === 'unicast';
}

/** The host of a URL as a name or an IP address: no brackets, no final dot, lower case. */
export function hostOf(url: URL): string {
  return url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** Whether a host may be asked for at all; what its name resolves to is judged when it is connected to. */
export function isPublicHost(host: string): boolean {
  if (ipaddr.isValid(host)) return isPublicAddress(host);
  if (!host.includes('.')) return false;
  return !PRIVATE_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}
