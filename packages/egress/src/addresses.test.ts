import { describe, expect, it } from 'vitest';
import { isPublicAddress, isPublicHost } from './addresses.js';

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.1',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'not an address',
    '',
  ])('%j is not public', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['1.1.1.1', '8.8.8.8', '223.5.5.5', '::ffff:8.8.8.8', '2606:4700::1111', '2400:3200::1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe('a host', () => {
  it.each([
    'localhost',
    'a.localhost',
    'printer.local',
    'db.internal',
    'nas.lan',
    'x.home.arpa',
    'db',
  ])('%s is inside', (host) => expect(isPublicHost(host)).toBe(false));

  it('of the web may be asked for', () => {
    expect(isPublicHost('example.com')).toBe(true);
    expect(isPublicHost('notlocal.com')).toBe(true);
  });
});
