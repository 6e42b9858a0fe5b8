import { randomBytes } from 'node:crypto';
import { LIMITS } from '@ainotebook/contract';
import { pinyin } from 'pinyin-pro';

/** Words of our own addresses and of offices a stranger must not speak for. */
const RESERVED = new Set(
  `about account accounts admin administrator ai ainotebook anonymous api app archive articles assets
  auth billing blog cdn config contact dashboard demo docs download feed files help health home
  invitations invite legal login logout mail me metrics new notebook notebooks null official p
  password payments plan postmaster pricing privacy profile public ready register reset robots root
  rss s search security sessions settings setup share shares sitemap static status support system
  tags team terms trash u undefined uploads user users webmaster ws www`.split(/\s+/),
);

/** Room left for a suffix that tells two equal names apart. */
const BASE_LENGTH = LIMITS.handleMaxLength - 8;

/** True for handles nobody may take. */
export function isReservedHandle(handle: string): boolean {
  return RESERVED.has(handle);
}

/** Handles to try for a new user, the plain one first when it is allowed. Chinese in pinyin. */
export function* handleCandidates(person: {
  displayName: string;
  email: string;
}): Generator<string> {
  const mailbox = person.email.split('@')[0] ?? '';
  const base = latin(person.displayName) || latin(mailbox) || 'user';
  if (base.length >= LIMITS.handleMinLength && !isReservedHandle(base)) yield base;
  // Of 24 random bits, four that are taken do not come by chance.
  for (let tries = 0; tries < 4; tries++) yield `${base}-${randomBytes(3).toString('hex')}`;
}

function latin(name: string): string {
  const read = pinyin(name.normalize('NFKC'), {
    toneType: 'none',
    type: 'array',
    nonZh: 'consecutive',
    v: true,
  });
  return read
    .join('')
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, BASE_LENGTH)
    .replace(/^-+|-+$/g, '');
}
