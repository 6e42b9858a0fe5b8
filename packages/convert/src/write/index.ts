export {
  type ArchiveOptions,
  type ArchiveWriter,
  createArchiveWriter,
  type FileToArchive,
  type NoteToArchive,
} from './archive.js';
export { type DocxSource, writeDocx } from './docx.js';
export type { DocxPicture } from './docx-inline.js';
export { safeName } from './file-names.js';
export { writeHtmlDocument } from './html-document.js';
export type {
  ArchivedArticle,
  ArchivedAttachment,
  ArchivedDocument,
  ArchivedNotebook,
  ArchiveHead,
  ManifestRecord,
} from './manifest.js';
export { ArchiveError, type ArchiveReader, readArchive } from './read-archive.js';
