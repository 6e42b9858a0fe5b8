export {
  type BlobStore,
  type ByteRange,
  blobKey,
  StorageFullError,
  variantKey,
} from './blob-store.js';
export { createDiskStore } from './disk-store.js';
export type { ImageResult, ImageVariant, PreparedImage } from './images.js';
export { isPicture, type MediaType } from './media-types.js';
export { type ReceivedFile, type ReceiveOptions, receiveUpload } from './receive-upload.js';
export { UploadError, type UploadFailure } from './upload-error.js';
