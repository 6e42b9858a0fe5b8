import { readdir, readFile } from 'node:fs/promises';

/** Linux counts in pages; on all that we know they have this size, and where they are larger the sum is too small. */
const PAGE_BYTES = 4096;
/** Of what follows the name in `/proc/<pid>/stat`: the group, and the memory in use. */
const GROUP = 2;
const RESIDENT = 21;

/** Memory of all processes of a group, what they share counted for each; 0 where the system does not tell. */
export async function groupBytes(group: number): Promise<number> {
  const names = await readdir('/proc').catch(() => []);
  const sizes = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => bytesIn(name, group)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function bytesIn(pid: string, group: number): Promise<number> {
  // It may have ended meanwhile.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[GROUP]) === group ? Number(fields[RESIDENT]) * PAGE_BYTES : 0;
}
