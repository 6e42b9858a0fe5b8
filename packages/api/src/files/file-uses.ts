import { schema, type Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';

const { articleFiles, files, publicationFiles } = schema;

/** Path of a file; its id follows. */
export const FILE_PATH = '/api/files/';

const FILE = new RegExp(
  `${FILE_PATH}([\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12})`,
  'gi',
);
/** More files than a text may sensibly show; the rest counts as not named. */
const FILES_PER_TEXT = 1_000;

/** Ids of the files that a text names, sorted, each once. */
export function fileIdsIn(text: string): string[] {
  const ids = new Set<string>();
  for (const [, id] of text.matchAll(FILE)) {
    if (id) ids.add(id.toLowerCase());
    if (ids.size >= FILES_PER_TEXT) break;
  }
  return [...ids].sort();
}

interface Owner {
  articleId: string;
  userId: string;
}

/** Makes the files that an article uses those named; files of others are none. */
export function writeArticleFiles(tx: Tx, owner: Owner, ids: readonly string[]): Promise<void> {
  return writeUses(tx, articleFiles, owner, ids);
}

/**
 * Makes the files that readers of an article may load those named: `shown` by everybody, `hidden` by
 * who may read all of it. Files of others stay closed.
 */
export async function writePublicationFiles(
  tx: Tx,
  owner: Owner,
  { shown, hidden }: { shown: readonly string[]; hidden: readonly string[] },
): Promise<void> {
  await writeUses(tx, publicationFiles, owner, [...shown, ...hidden]);
  const isHidden = sql`file_id <> all(${sql.param(shown)}::uuid[])`;
  await tx.execute(sql`
    update ${publicationFiles} set is_members_only = ${isHidden}
    where article_id = ${owner.articleId} and is_members_only <> (${isHidden})`);
}

async function writeUses(
  tx: Tx,
  table: typeof articleFiles | typeof publicationFiles,
  { articleId, userId }: Owner,
  ids: readonly string[],
): Promise<void> {
  const named = sql`${sql.param(ids)}::uuid[]`;
  await tx.execute(
    sql`delete from ${table} where article_id = ${articleId} and file_id <> all(${named})`,
  );
  if (ids.length === 0) return;
  await tx.execute(sql`
    insert into ${table} (article_id, file_id)
    select ${articleId}, f.id from ${files} f
    where f.user_id = ${userId} and f.id = any(${named})
    order by f.id
    for key share
    on conflict do nothing`);
}
