import { about, flag, integer, text, urlOf } from './kinds.js';

const FILES = 'Files';
const CDN = 'CDN';
/** Names of buckets. */
export const BUCKET = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/;

export const fileVariables = {
  UPLOAD_DIR: text.optional().meta(
    about(
      FILES,
      'Folder of uploaded files, shared by all processes. DATA_DIR/uploads when empty.',
      {
        example: '/var/www/ainotebook/uploads',
      },
    ),
  ),
  MAX_FILE_SIZE: integer(1024, 1_073_741_824, 5_242_880).meta(
    about(FILES, 'Largest upload in bytes.'),
  ),
  MAX_IMPORT_SIZE: integer(1024, 17_179_869_184, 1_073_741_824).meta(
    about(
      FILES,
      'Largest source of an import in bytes; 1 GiB. Those of one person that lie here at the same time take at most twice as much.',
    ),
  ),
  IMPORT_ALLOW_PRIVATE_HOSTS: text
    .optional()
    .meta(
      about(
        FILES,
        'Hosts of the own network whose pages may be imported, with commas; a port of its own as host:port.',
        { example: 'wiki.example.com,docs.example.com:8080' },
      ),
    ),
  FILE_QUOTA: integer(0, 1_099_511_627_776, 1_073_741_824).meta(
    about(FILES, 'Bytes that all files of one person may take; 1 GiB. 0 turns uploads off.'),
  ),
  CHROMIUM_PATH: text
    .optional()
    .meta(
      about(
        FILES,
        'Chromium, Chrome or its headless shell, which makes PDFs of notes. Without it the browser of whoever exports prints them. It needs fonts with Chinese (fonts-noto-cjk).',
        { example: '/usr/bin/chromium' },
      ),
    ),
  CHROMIUM_SANDBOX: flag
    .default(true)
    .meta(
      about(
        FILES,
        'false where the system lets Chromium have no sandbox: as root, and in containers without user namespaces.',
      ),
    ),
  S3_ENDPOINT: urlOf('http:', 'https:')
    .optional()
    .meta(
      about(
        FILES,
        'S3-compatible storage for uploaded files, instead of UPLOAD_DIR, where they are then only received. Needs all five: S3_ENDPOINT, S3_REGION, S3_BUCKET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.',
        { example: 'https://s3.oss-cn-hangzhou.aliyuncs.com' },
      ),
    ),
  S3_REGION: text
    .optional()
    .meta(about(FILES, 'Region of the bucket.', { example: 'cn-hangzhou' })),
  S3_BUCKET: text
    .regex(BUCKET, 'must be the name of a bucket')
    .optional()
    .meta(
      about(FILES, 'A private bucket; readers get its files from this server only.', {
        example: '',
      }),
    ),
  AWS_ACCESS_KEY_ID: text
    .optional()
    .meta(
      about(FILES, 'Key that may read, write and remove objects of the bucket.', { example: '' }),
    ),
  AWS_SECRET_ACCESS_KEY: text
    .optional()
    .meta(about(FILES, 'Its secret.', { isSecret: true, example: '' })),
  S3_FORCE_PATH_STYLE: flag
    .default(false)
    .meta(
      about(FILES, 'endpoint/bucket instead of bucket.endpoint: true for MinIO, false for OSS.'),
    ),
  CDN_BUCKET: text
    .regex(BUCKET, 'must be the name of a bucket')
    .optional()
    .meta(
      about(
        CDN,
        'Bucket to which ainotebook cdn-upload sends the web app, by S3_ENDPOINT, S3_REGION and the AWS_ keys. Another than S3_BUCKET: everybody may read it.',
        { example: '' },
      ),
    ),
  CDN_BASE_URL: urlOf('http:', 'https:')
    .refine((value) => !/[?#"'\s;,]/.test(value), 'must be an address without ? and #')
    .transform((value) => value.replace(/\/+$/, ''))
    .optional()
    .meta(
      about(
        CDN,
        'Address under which a CDN serves the web app. Pages load it from there while it has this very build and allows this origin (CORS); else from here.',
        { example: 'https://cdn.example.com' },
      ),
    ),
};
