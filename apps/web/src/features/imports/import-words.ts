import type {
  ImportItem,
  ImportProgram,
  ImportResult,
  ImportSession,
  ImportStatus,
  ImportWarning,
} from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { type ErrorCode, errorText } from '../../lib/errors.js';

const STATUS: Record<ImportStatus, () => string> = {
  receiving: m.import_status_receiving,
  reading: m.import_status_reading,
  ready: m.import_status_ready,
  running: m.import_status_running,
  paused: m.import_status_paused,
  done: m.import_status_done,
  failed: m.import_status_failed,
  undoing: m.import_status_undoing,
  undone: m.import_status_undone,
};

/** Of a session: a file of which parts are missing is not being fetched by anybody. */
export const statusText = ({ status, upload }: Pick<ImportSession, 'status' | 'upload'>): string =>
  upload && upload.received < upload.size ? m.import_status_uploading() : STATUS[status]();

/** Why a source could not be sent. */
export function sendingProblem(code: ErrorCode): string {
  if (code === 'limit_reached') return m.import_error_limit_reached();
  return code === 'too_large' ? m.import_error_too_large() : errorText(code);
}

export const RESULT: Record<ImportResult, () => string> = {
  pending: m.import_result_pending,
  accepted: m.import_result_accepted,
  rejected: m.import_result_rejected,
  duplicate: m.import_result_duplicate,
  undone: m.import_result_undone,
  kept: m.import_result_kept,
};

export const PROGRAM: Record<ImportProgram, () => string> = {
  ainotebook: () => 'AI-NoteBook',
  obsidian: () => 'Obsidian',
  notion: () => 'Notion',
  joplin: () => 'Joplin',
  yuque: m.import_program_yuque,
  blog: m.import_program_blog,
  markdown: m.import_program_markdown,
  html: () => 'HTML',
  docx: () => 'Word',
  epub: () => 'EPUB',
  pdf: () => 'PDF',
  bookmarks: m.import_program_bookmarks,
  page: m.import_program_page,
};

const FAILURE: Record<NonNullable<ImportSession['failure']>, () => string> = {
  unsupported: m.import_failure_unsupported,
  damaged: m.import_failure_damaged,
  encrypted: m.import_failure_encrypted,
  too_many_files: m.import_failure_too_many_files,
  too_large: m.import_failure_too_large,
  archive_bomb: m.import_failure_archive_bomb,
  too_complex: m.import_failure_too_complex,
  no_notes: m.import_failure_no_notes,
  address_refused: m.import_failure_address_refused,
  address_unreachable: m.import_failure_address_unreachable,
  address_timeout: m.import_failure_address_timeout,
  source_missing: m.import_failure_other,
  internal: m.import_failure_other,
};

export const failureText = (failure: ImportSession['failure']): string =>
  FAILURE[failure ?? 'internal']();

const REJECTION: Record<NonNullable<ImportItem['reason']>, () => string> = {
  unsupported: m.import_rejected_unsupported,
  damaged: m.import_rejected_damaged,
  encrypted: m.import_rejected_encrypted,
  too_large: m.import_rejected_too_large,
  too_complex: m.import_rejected_too_complex,
  archive_bomb: m.import_rejected_archive_bomb,
  unsafe_path: m.import_rejected_unsafe_path,
  link: m.import_rejected_link,
  nested_archive: m.import_rejected_nested_archive,
  empty: m.import_rejected_empty,
  no_text: m.import_rejected_no_text,
  gone: m.import_rejected_gone,
  no_room: m.import_rejected_no_room,
  notes_full: m.import_rejected_notes_full,
  unused: m.import_rejected_unused,
};

export const rejectionText = (reason: NonNullable<ImportItem['reason']>): string =>
  REJECTION[reason]();

const WARNING: Record<ImportWarning['code'], (about: { detail: string }) => string> = {
  attachment_missing: m.import_warning_attachment_missing,
  attachment_not_taken: m.import_warning_attachment_not_taken,
  attachment_too_large: m.import_warning_attachment_too_large,
  attachment_no_room: m.import_warning_attachment_no_room,
  attachment_damaged: m.import_warning_attachment_damaged,
  link_unresolved: m.import_warning_link_unresolved,
  embed_became_link: m.import_warning_embed_became_link,
  kept_as_source: m.import_warning_kept_as_source,
  front_matter_kept: () => m.import_warning_front_matter(),
  front_matter_broken: () => m.import_warning_front_matter(),
  encoding_guessed: () => m.import_warning_encoding_guessed(),
  characters_removed: () => m.import_warning_characters_removed(),
  characters_repaired: () => m.import_warning_characters_repaired(),
  title_cut: () => m.import_warning_title_cut(),
  tags_left_out: () => m.import_warning_tags_left_out(),
  folder_too_deep: () => m.import_warning_folders(),
  folders_full: () => m.import_warning_folders(),
  scanned_pages: m.import_warning_scanned_pages,
  pictures_stay_remote: () => m.import_warning_pictures_stay_remote(),
  split: m.import_warning_split,
};

export const warningText = ({ code, detail }: ImportWarning): string =>
  WARNING[code]({ detail: detail ?? '' });
