import { type ChangeFeed, createIdFilter, type IdFilter } from '@ainotebook/cache';
import { type Db, schema } from '@ainotebook/db';
import { asc, gt } from 'drizzle-orm';

const { slugs } = schema;

/** Addresses read at once. */
const BATCH = 5_000;

/** Knows which addresses under `/p/` were never given; lets all through until it is built. */
export function createSlugFilter({ feed, db }: { feed: ChangeFeed; db: Db }): IdFilter {
  return createIdFilter({
    feed,
    prefix: 'slug',
    count: () => db.$count(slugs),
    load: () => allSlugs(db),
  });
}

async function* allSlugs(db: Db): AsyncGenerator<string[]> {
  for (let last = ''; ; ) {
    const rows = await db
      .select({ slug: slugs.slug })
      .from(slugs)
      .where(gt(slugs.slug, last))
      .orderBy(asc(slugs.slug))
      .limit(BATCH);
    yield rows.map(({ slug }) => slug);
    if (rows.length < BATCH) return;
    last = rows.at(-1)?.slug ?? last;
  }
}
