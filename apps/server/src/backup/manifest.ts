import { text } from 'node:stream/consumers';
import type { ListingStore } from '@ainotebook/files';
import { z } from 'zod';

/** `db`: a dump of pg_dump; `data`: a copy of the embedded PostgreSQL's folder. */
const kind = z.enum(['db', 'data']);
const storedFile = z.object({
  file: z.string(),
  bytes: z.number(),
  /** Of the file as it is stored. */
  sha256: z.string(),
});

/**
 * Describes one backup. It is written last: what has no manifest is no backup. Not encrypted, since it
 * tells counts and checksums, and nothing that anybody wrote.
 */
export const manifestSchema = z.object({
  version: z.literal(1),
  /** `db_20261129_020000`; the time is UTC. */
  name: z.string(),
  kind,
  madeAt: z.iso.datetime(),
  /** Of AI-NoteBook. */
  release: z.string(),
  /** Version of the server, such as `15.10`. */
  postgres: z.string(),
  format: z.enum(['plain', 'custom', 'tar']),
  /** The age recipient it is encrypted to; null when it is not. */
  recipient: z.string().nullable(),
  dump: storedFile,
  /** The list of uploaded files; null when they were left out. */
  uploads: storedFile
    .extend({
      count: z.number(),
      /** Files that the store had lost, or held damaged, before the backup. */
      missing: z.array(z.string()),
    })
    .nullable(),
  fingerprint: z.object({
    tables: z.record(z.string(), z.object({ rows: z.number(), sum: z.string() })),
    sequences: z.record(z.string(), z.string()),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type StoredFile = z.infer<typeof storedFile>;

const MANIFEST = /^(db|data)_\d{8}_\d{6}\.json$/;

/** `20261129_020000` in UTC, so that the order of names is the order in time. */
export function stampOf(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}

export const majorOf = (version: string): number => Number.parseInt(version, 10);

export interface FoundBackups {
  /** Newest first. */
  good: Manifest[];
  /** Manifests that cannot be read. */
  damaged: string[];
}

/** All backups of a store. */
export async function listBackups(store: ListingStore): Promise<FoundBackups> {
  const good: Manifest[] = [];
  const damaged: string[] = [];
  for (const prefix of ['db_', 'data_']) {
    for await (const { key } of store.list(prefix)) {
      if (!MANIFEST.test(key)) continue;
      const found = await readManifest(store, key);
      if (found) good.push(found);
      else damaged.push(key);
    }
  }
  good.sort((a, b) => b.madeAt.localeCompare(a.madeAt));
  return { good, damaged };
}

async function readManifest(store: ListingStore, key: string): Promise<Manifest | null> {
  const stream = await store.open(key);
  if (!stream) return null;
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(await text(stream)));
    return parsed.success && `${parsed.data.name}.json` === key ? parsed.data : null;
  } catch {
    return null;
  }
}
