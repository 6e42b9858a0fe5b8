import { createHash } from 'node:crypto';

/** The bits that are random in every UUID we make: behind the variant. */
const RANDOM = (1n << 62n) - 1n;

/**
 * The id of a row of `userId` as archives name it: the same whichever account the row has come to by
 * export and import. It undoes itself: from an id in an archive it makes that of the row.
 */
export function archiveId(userId: string, id: string): string {
  const digest = createHash('sha256').update(`archive ${userId}`).digest();
  const mask = digest.readBigUInt64BE() & RANDOM;
  const [tail, head] = [id.slice(19).replace('-', ''), id.slice(0, 19)];
  const mixed = (BigInt(`0x${tail}`) ^ mask).toString(16).padStart(16, '0');
  return `${head}${mixed.slice(0, 4)}-${mixed.slice(4)}`;
}
