export {
  type BlobStore,
  type ByteRange,
  blobKey,
  type ListingStore,
  StorageFullError,
  StorageMisconfiguredError,
  StorageUnavailableError,
  variantKey,
} from './blob-store.js';
export { createDiskStore } from './disk-store.js';
export type { ImageResult, ImageVariant, PreparedImage } from './images.js';
export { intoFile } from './into-file.js';
export { isPicture, type MediaType } from './media-types.js';
export {
  type ReceivedBytes,
  type ReceivedFile,
  type ReceiveOptions,
  receiveAnyFile,
  receiveAnyStream,
  receiveBody,
  receiveStream,
  receiveUpload,
} from './receive-upload.js';
export type { S3Connection } from './s3-client.js';
export { createS3Site, type S3Site, type SiteFile } from './s3-site.js';
export { createS3Store, type S3StoreOptions } from './s3-store.js';
export { UploadError, type UploadFailure } from './upload-error.js';
