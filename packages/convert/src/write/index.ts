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
export { type AiNotice, writeHtmlDocument } from './html-document.js';
