export type { Chat, ChatOptions, ChatParams } from './chat.js';
export { type AiNotebook, type ClientOptions, createClient } from './client.js';
export {
  AbortError,
  AiNotebookError,
  ApiError,
  type ApiErrorInit,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ConnectionError,
  isAiNotebookError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  TimeoutError,
  UnsupportedByServerError,
} from './errors.js';
export type * from './generated/types.js';
export type { ImportUpload, ImportUploadOptions } from './import-upload.js';
export type { EventStream, LogEvent, Page, PagePromise, RequestOptions } from './runtime-types.js';
export type { SessionListener, StoredSession } from './session.js';
export type { TokenSource } from './transport.js';
export type { Upload, UploadedFile, UploadOptions, UploadSource } from './upload.js';
export { VERSION } from './version.js';
