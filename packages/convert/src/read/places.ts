/** What the second pass needs; light, since it runs in the process of the requests. */

export type { ArchivedAttachment, ArchivedNotebook, ManifestRecord } from '../format/manifest.js';
export { ARCHIVE_LIMITS, type Archive } from './archive.js';
export { inFolders, listAttachments } from './contents.js';
export { createTargetIndex, type TargetIndex } from './find-target.js';
export type { LinkPlace, ReadItem, ReadNote, ReadPart, ReadRejection, Source } from './items.js';
export { openNested } from './nested-archive.js';
export { openArchive } from './open-archive.js';
export { type OwnManifest, openOwnManifest, readRecord } from './own-manifest.js';
export type { PartLimits } from './read-source.js';
export { ItemError, SourceError } from './source-error.js';
export { type LinkTarget, writeLinks } from './write-links.js';
