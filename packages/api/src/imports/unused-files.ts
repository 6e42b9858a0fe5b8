import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImportProgram } from '@ainotebook/contract';
import { type Archive, inFolders, listAttachments } from '@ainotebook/convert/places';
import { type Db, schema } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { and, asc, eq, gt, ne, sql } from 'drizzle-orm';
import type { SessionRow } from './import-rows.js';
import { openSource, readDirectory, type Services } from './import-world.js';

const { importItems } = schema;

/** Sources that are folders of notes and what these show. Of others all files are known, or parts of one document. */
const FOLDERS: ReadonlySet<ImportProgram> = new Set([
  'obsidian',
  'notion',
  'joplin',
  'blog',
  'markdown',
]);
export const isFolder = (program: ImportProgram): boolean => FOLDERS.has(program);

const PAGE = 500;
/** Links that are looked at; whoever writes more is told nothing of the files. */
const MAX_LINKS = 2_000_000;
/** Followed before others get a turn: this runs where requests do. */
const AT_ONCE = 200;

/**
 * Files of a source that would be kept if a note showed them, and that none shows: nobody would miss them before they
 * are gone. All items are read already. @returns their paths, or folders where they are many
 */
export async function findUnusedFiles(
  services: Services,
  run: JobRun,
  { session, program }: { session: SessionRow; program: ImportProgram },
): Promise<string[]> {
  const archive = await openSource(services, run, session);
  if (!archive) return [];
  try {
    const unused = new Set(shownBy(program, archive));
    if (unused.size > 0 && !(await strikeUsed(run, { session, archive, unused }))) return [];
    return inFolders([...unused]);
  } finally {
    archive.close();
  }
}

/** Files that are nothing without a note. */
function shownBy(program: ImportProgram, archive: Archive): string[] {
  if (program !== 'joplin') return listAttachments(archive);
  return [...archive.entries.keys()].filter((path) => path.startsWith('resources/')).sort();
}

/** Takes out what a link means. @returns false where there are too many */
async function strikeUsed(
  run: JobRun,
  { session, archive, unused }: { session: SessionRow; archive: Archive; unused: Set<string> },
): Promise<boolean> {
  const { index } = await readDirectory(run.db, session, archive);
  let count = 0;
  for (let after = -1; ; ) {
    run.signal.throwIfAborted();
    const items = await targetsBehind(run.db, session.id, after);
    for (const { path, targets } of items) {
      for (const target of targets) {
        count += 1;
        if (count > MAX_LINKS) return false;
        if (count % AT_ONCE === 0) await nextTurn();
        const found = index.find(path, target);
        if (found !== null) unused.delete(found);
      }
    }
    const last = items.at(-1);
    if (!last || unused.size === 0) return true;
    after = last.position;
  }
}

function targetsBehind(db: Db, sessionId: string, after: number) {
  return db
    .select({
      position: importItems.position,
      path: importItems.path,
      targets: sql<string[]>`jsonb_path_query_array(${importItems.links}, '$[*].target')`,
    })
    .from(importItems)
    .where(
      and(
        eq(importItems.sessionId, sessionId),
        ne(importItems.result, 'rejected'),
        gt(importItems.position, after),
      ),
    )
    .orderBy(asc(importItems.position))
    .limit(PAGE);
}
