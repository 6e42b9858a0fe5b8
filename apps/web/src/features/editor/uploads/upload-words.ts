import { m } from '@ainotebook/messages';
import { bytesText } from '../../../lib/bytes.js';
import { errorText } from '../../../lib/errors.js';
import type { UploadRefused } from './upload-file.js';

/** What is said of an upload that was refused, and what to do. */
export function uploadErrorText(code: UploadRefused['code'], maxBytes: number | null): string {
  switch (code) {
    case 'network':
      return m.upload_offline();
    case 'too_large':
      return maxBytes === null
        ? m.upload_too_large()
        : m.upload_too_large_for({ size: bytesText(maxBytes) });
    case 'file_empty':
      return m.error_file_empty();
    case 'file_type_not_allowed':
      return m.error_file_type_not_allowed();
    case 'file_damaged':
      return m.error_file_damaged();
    case 'image_too_large':
      return m.error_image_too_large();
    case 'one_file_only':
      return m.error_one_file_only();
    case 'upload_incomplete':
      return m.error_upload_incomplete();
    case 'quota_exceeded':
      return m.error_quota_exceeded();
    case 'storage_full':
      return m.error_storage_full();
    default:
      return errorText(code);
  }
}
