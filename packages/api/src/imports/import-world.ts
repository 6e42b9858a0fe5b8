import {
  type Archive,
  type ArchivedAttachment,
  type ArchivedNotebook,
  createTargetIndex,
  openNested,
  openOwnManifest,
  readRecord,
  SourceError,
  type TargetIndex,
} from '@ainotebook/convert/places';
import { type Db, schema } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { and, eq, inArray } from 'drizzle-orm';
import type { JobServices } from '../jobs.js';
import { type Attachment, createAttachments } from './attachments.js';
import type { Place } from './import-notebooks.js';
import type { SessionRow } from './import-rows.js';
import { placeOwnNotebooks } from './own-notebooks.js';
import { createRemotePictures } from './remote-pictures.js';
import { findSource, localSource } from './source-file.js';

const { importItems } = schema;

export type Services = Pick<
  JobServices,
  'blobs' | 'config' | 'egress' | 'prepareImage' | 'nudgeJobs'
>;
export type ItemRow = typeof importItems.$inferSelect;

/** All notes and files of a source. */
interface Directory {
  index: TargetIndex;
  /** Titles of the notes by their paths. */
  titles: ReadonlyMap<string, string>;
}

/** What a slice knows of the whole source. */
export interface World {
  session: SessionRow;
  /** What paths and names in links mean; made when the first link is followed. */
  directory(): Promise<Directory>;
  attach: ((path: string) => Promise<Attachment>) | null;
  fetchPictures: ReturnType<typeof createRemotePictures>;
  /** Where the folders of an archive of ours are, by their paths. */
  places: ReadonlyMap<string, Place>;
  /** All files of such an archive. */
  attachments: readonly ArchivedAttachment[];
}

/** The archive with the attachments; null where there is none. */
export async function openSource(
  services: Services,
  run: JobRun,
  session: SessionRow,
): Promise<Archive | null> {
  const source = await findSource(run.db, session.id);
  if (!source || source.pageUrl !== null) return null;
  try {
    return await openNested(await localSource(services, source), services.blobs.tempFolder);
  } catch (error) {
    // A single document, or bytes that are gone: the texts are read already.
    if (error instanceof SourceError) return null;
    throw error;
  }
}

export async function openWorld(
  services: Services,
  run: JobRun,
  session: SessionRow,
  archive: Archive | null,
): Promise<World | null> {
  const own = await readOwnArchive(run, archive);
  const places = await placeOwnNotebooks(run, session, own.notebooks);
  if (!places) return null;
  let directory: Promise<Directory> | undefined;
  return {
    session,
    directory: () => {
      directory ??= readDirectory(run.db, session, archive);
      return directory;
    },
    attach:
      archive &&
      createAttachments(services, run, {
        archive,
        userId: session.userId,
        names: new Map(own.attachments.map(({ path, name }) => [path, name])),
      }),
    fetchPictures: createRemotePictures(services, run, session),
    places,
    attachments: own.attachments,
  };
}

export async function readDirectory(
  db: Db,
  session: SessionRow,
  archive: Archive | null,
): Promise<Directory> {
  const notes = await db
    .select({ path: importItems.path, title: importItems.title })
    .from(importItems)
    .where(
      and(
        eq(importItems.sessionId, session.id),
        inArray(importItems.result, ['pending', 'accepted', 'duplicate']),
      ),
    );
  const titles = new Map(notes.map(({ path, title }) => [path, title]));
  const files = archive ? archive.entries.keys() : [];
  return { titles, index: createTargetIndex([...titles.keys(), ...files]) };
}

/** What an archive of ours holds besides its notes; nothing of other sources. */
async function readOwnArchive({ signal }: Pick<JobRun, 'signal'>, archive: Archive | null) {
  const notebooks: ArchivedNotebook[] = [];
  const attachments: ArchivedAttachment[] = [];
  const manifest = archive && (await openOwnManifest(archive));
  if (!manifest) return { notebooks, attachments };
  for await (const { section, json } of manifest.lines()) {
    signal.throwIfAborted();
    if (section === 'notebooks') push(notebooks, readRecord(section, json));
    if (section === 'attachments') push(attachments, readRecord(section, json));
  }
  return { notebooks, attachments };
}

function push<T>(list: T[], record: T | null): void {
  if (record) list.push(record);
}
