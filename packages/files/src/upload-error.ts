/**
 * Why an upload was not taken. `gone`: the sender left, and nobody hears the answer.
 */
export type UploadFailure =
  | 'not_multipart'
  | 'malformed'
  | 'no_file'
  | 'several_files'
  | 'empty'
  | 'too_large'
  | 'type_not_allowed'
  | 'incomplete'
  | 'too_slow'
  | 'gone';

/** An upload that was not taken; nothing of it is left. */
export class UploadError extends Error {
  override name = 'UploadError';
  constructor(
    readonly failure: UploadFailure,
    options?: { cause?: unknown },
  ) {
    super(`The upload was not taken: ${failure}`, options);
  }
}
