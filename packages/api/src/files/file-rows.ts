import type { StoredFile } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { FILE_PATH } from './file-uses.js';

const { files } = schema;

export const fileColumns = {
  id: files.id,
  name: files.name,
  mediaType: files.mediaType,
  size: files.size,
  sha256: files.sha256,
  createdAt: files.createdAt,
};

/** The file as it goes over the wire. */
export function toStoredFile(row: Omit<StoredFile, 'url'>): StoredFile {
  return { ...row, url: `${FILE_PATH}${row.id}` };
}
