import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3StandIn, startS3 } from './s3.js';
import { checkSignature, type S3Keys } from './signature.js';

let s3: S3StandIn;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

function clientOf(change: Partial<S3Keys> = {}, checksums = false): S3Client {
  const { accessKeyId, secretAccessKey, region } = { ...s3, ...change };
  return new S3Client({
    endpoint: s3.endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    ...(checksums
      ? {}
      : {
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
  });
}
const at = (Key: string) => ({ Bucket: s3.bucket, Key });
const codeOf = (error: { name: string }) => error.name;

describe('the S3 stand-in', () => {
  it.each([
    ['without checksums', false],
    ['in chunks with a checksum at the end', true],
  ])('keeps, reads, copies, lists and removes, %s', async (_, checksums) => {
    const client = clientOf({}, checksums);
    const key = `a/${checksums} 猫+(1).txt`;
    const headers = { ContentType: 'text/plain', CacheControl: 'no-cache', Metadata: { sum: 'x' } };
    await client.send(new PutObjectCommand({ ...at(key), Body: '0123456789', ...headers }));
    const whole = await client.send(new GetObjectCommand(at(key)));
    expect(await whole.Body?.transformToString()).toBe('0123456789');
    expect(whole).toMatchObject(headers);
    const part = await client.send(new GetObjectCommand({ ...at(key), Range: 'bytes=2-4' }));
    expect(await part.Body?.transformToString()).toBe('234');
    const head = await client.send(new HeadObjectCommand(at(key)));
    expect(head.ContentLength).toBe(10);
    const CopySource = `${s3.bucket}/${encodeURIComponent(key)}`;
    await client.send(new CopyObjectCommand({ ...at(`${key}.copy`), CopySource }));
    const first = await client.send(
      new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: 'a/', MaxKeys: 1 }),
    );
    const rest = await client.send(
      new ListObjectsV2Command({
        Bucket: s3.bucket,
        Prefix: 'a/',
        ContinuationToken: first.NextContinuationToken,
      }),
    );
    expect([...(first.Contents ?? []), ...(rest.Contents ?? [])].map(({ Key }) => Key)).toEqual([
      key,
      `${key}.copy`,
    ]);
    for (const Key of [key, `${key}.copy`]) await client.send(new DeleteObjectCommand(at(Key)));
    await expect(client.send(new GetObjectCommand(at(key)))).rejects.toThrow(/does not exist/);
  });

  it('puts parts together', async () => {
    const client = clientOf();
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at('parts')));
    const Parts = [];
    for (const [index, Body] of ['abc', 'def'].entries()) {
      const PartNumber = index + 1;
      const { ETag } = await client.send(
        new UploadPartCommand({ ...at('parts'), UploadId, PartNumber, Body }),
      );
      Parts.push({ ETag, PartNumber });
    }
    const MultipartUpload = { Parts };
    await client.send(
      new CompleteMultipartUploadCommand({ ...at('parts'), UploadId, MultipartUpload }),
    );
    expect(s3.objects.get('parts')?.body.toString()).toBe('abcdef');
  });

  it('refuses who does not know the secret, another key, and another region', async () => {
    const refusal = (change: Partial<S3Keys>) =>
      clientOf(change)
        .send(new PutObjectCommand({ ...at('x'), Body: 'x' }))
        .then(() => 'taken', codeOf);
    expect(await refusal({ secretAccessKey: 'wrong' })).toBe('SignatureDoesNotMatch');
    expect(await refusal({ accessKeyId: 'AKOTHER' })).toBe('InvalidAccessKeyId');
    expect(await refusal({ region: 'elsewhere' })).toBe('AuthorizationHeaderMalformed');
    expect(s3.objects.has('x')).toBe(false);
  });

  it('opens a presigned address, and not one that was changed or has expired', async () => {
    const client = clientOf();
    await client.send(new PutObjectCommand({ ...at('signed'), Body: 'signed' }));
    const url = await getSignedUrl(client, new GetObjectCommand(at('signed')), { expiresIn: 60 });
    expect(await (await fetch(url)).text()).toBe('signed');
    const past = await getSignedUrl(client, new GetObjectCommand(at('signed')), {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 61_000),
    });
    for (const bad of [url.replace('/signed?', '/other?'), url.replace('=60', '=61'), past]) {
      expect((await fetch(bad)).status).toBe(403);
    }
    expect((await fetch(url.split('?')[0] ?? '')).status).toBe(403);
  });

  it('refuses a body that is not what was signed', async () => {
    const client = clientOf();
    client.middlewareStack.add(
      (next) => (args) => {
        Object.assign(args.request as object, { body: 'tampered' });
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    );
    const put = client.send(new PutObjectCommand({ ...at('x'), Body: 'original' }));
    await expect(put).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
  });
});

describe('the strict stand-in', () => {
  it('refuses path style', async () => {
    const strict = await startS3({ isStrict: true });
    const answer = await fetch(`${strict.endpoint.replace('s3.test', '127.0.0.1')}/notes/x`);
    expect(await answer.text()).toContain('SecondLevelDomainForbidden');
    await strict.stop();
  });
});

/** The examples of the documentation of AWS, so that stand-in and client cannot be wrong together. */
describe('the signature', () => {
  const keys: S3Keys = {
    region: 'us-east-1',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const now = Date.UTC(2013, 4, 24);
  const host = 'examplebucket.s3.amazonaws.com';
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

  it('is that of the example of a header', () => {
    const headers = {
      host,
      range: 'bytes=0-9',
      'x-amz-content-sha256': empty,
      'x-amz-date': '20130524T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    };
    const request = { method: 'GET', path: '/test.txt', query: '', headers };
    expect(checkSignature(request, keys, now)).toBe(empty);
    const changed = { ...headers, range: 'bytes=0-10' };
    expect(() => checkSignature({ ...request, headers: changed }, keys, now)).toThrow(
      'SignatureDoesNotMatch',
    );
    expect(() => checkSignature(request, keys, now + 16 * 60_000)).toThrow('RequestTimeTooSkewed');
  });

  it('is that of the example of an address', () => {
    const request = {
      method: 'GET',
      path: '/test.txt',
      headers: { host },
      query:
        'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    };
    expect(checkSignature(request, keys, now)).toBe('UNSIGNED-PAYLOAD');
    expect(() => checkSignature(request, keys, now + 86_400_000)).toThrow('expired');
  });
});
