import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from './signature.js';

export interface StoredObject {
  body: Buffer;
  /** Quoted, as S3 sends it. */
  etag: string;
  modifiedAt: Date;
  /** What is sent back with it: type, encoding, caching, metadata. */
  headers: Record<string, string>;
}

export interface S3Answer {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export interface S3Call {
  method: string;
  key: string;
  parameters: Map<string, string>;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const KEPT = /^(content-(type|encoding|disposition|language)|cache-control|expires|x-amz-meta-.+)$/;
const md5 = (data: Buffer | string) => createHash('md5').update(data);
const escapeXml = (text: string) => text.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
const tag = (name: string, text: string | number | boolean) =>
  `<${name}>${escapeXml(String(text))}</${name}>`;
const xml = (root: string, inner: string): S3Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inner}</${root}>`,
});

function toObject(body: Buffer, headers: IncomingHttpHeaders, etag?: string): StoredObject {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (KEPT.test(name) && typeof value === 'string') kept[name] = value;
  }
  // The coding of the transfer is none of the object.
  const coding = kept['content-encoding']?.replace(/\baws-chunked\b,?\s*/, '');
  delete kept['content-encoding'];
  if (coding) kept['content-encoding'] = coding;
  return {
    body,
    headers: kept,
    modifiedAt: new Date(),
    etag: `"${etag ?? md5(body).digest('hex')}"`,
  };
}

/** What S3 does with the objects of one bucket. */
export function createBucket(name: string) {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<
    string,
    { key: string; headers: IncomingHttpHeaders; parts: Map<number, Buffer> }
  >();

  function find(key: string): StoredObject {
    const object = objects.get(key);
    if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
    return object;
  }

  function put({ key, headers, body }: S3Call): S3Answer {
    const source = headers['x-amz-copy-source'];
    if (typeof source === 'string') {
      const [, from = '', sourceKey = ''] =
        /^\/?([^/]+)\/(.+)$/.exec(decodeURIComponent(source)) ?? [];
      if (from !== name) throw new S3Error(404, 'NoSuchBucket');
      const copied = { ...find(sourceKey), modifiedAt: new Date() };
      objects.set(key, copied);
      return xml(
        'CopyObjectResult',
        tag('ETag', copied.etag) + tag('LastModified', copied.modifiedAt.toISOString()),
      );
    }
    const sum = headers['content-md5'];
    if (sum !== undefined && sum !== md5(body).digest('base64'))
      throw new S3Error(400, 'BadDigest');
    const object = toObject(body, headers);
    objects.set(key, object);
    return { status: 200, headers: { etag: object.etag } };
  }

  function get({ key, headers }: S3Call): S3Answer {
    const { body, etag, modifiedAt, headers: kept } = find(key);
    const common = {
      ...kept,
      etag,
      'last-modified': modifiedAt.toUTCString(),
      'accept-ranges': 'bytes',
    };
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    if (first === undefined) return { status: 200, headers: common, body };
    const start = Number(first);
    const end = last ? Math.min(Number(last), body.length - 1) : body.length - 1;
    if (start > end) throw new S3Error(416, 'InvalidRange');
    return {
      status: 206,
      headers: { ...common, 'content-range': `bytes ${start}-${end}/${body.length}` },
      body: body.subarray(start, end + 1),
    };
  }

  function list({ parameters }: S3Call): S3Answer {
    const prefix = parameters.get('prefix') ?? '';
    const after = parameters.get('continuation-token') ?? parameters.get('start-after') ?? '';
    const max = Math.min(1000, Number(parameters.get('max-keys') ?? 1000));
    const found = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = found.slice(0, max);
    const isTruncated = found.length > max;
    return xml(
      'ListBucketResult',
      [
        tag('Name', name),
        tag('Prefix', prefix),
        tag('KeyCount', page.length),
        tag('MaxKeys', max),
        tag('IsTruncated', isTruncated),
        isTruncated ? tag('NextContinuationToken', page.at(-1) ?? '') : '',
        ...page.map((key) => {
          const { etag, body, modifiedAt } = find(key);
          const inner = [
            tag('Key', key),
            tag('ETag', etag),
            tag('Size', body.length),
            tag('LastModified', modifiedAt.toISOString()),
          ];
          return `<Contents>${inner.join('')}</Contents>`;
        }),
      ].join(''),
    );
  }

  function multipart(call: S3Call): S3Answer {
    const { method, key, parameters, body, headers } = call;
    if (parameters.has('uploads') && method === 'POST') {
      const id = randomUUID();
      uploads.set(id, { key, headers, parts: new Map() });
      return xml(
        'InitiateMultipartUploadResult',
        tag('Bucket', name) + tag('Key', key) + tag('UploadId', id),
      );
    }
    const id = parameters.get('uploadId') ?? '';
    const upload = uploads.get(id);
    if (upload?.key !== key) throw new S3Error(404, 'NoSuchUpload');
    if (method === 'PUT') {
      upload.parts.set(Number(parameters.get('partNumber')), body);
      return { status: 200, headers: { etag: `"${md5(body).digest('hex')}"` } };
    }
    uploads.delete(id);
    if (method === 'DELETE') return { status: 204 };
    const parts = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(
      ([, number]) => {
        const part = upload.parts.get(Number(number));
        if (!part) throw new S3Error(400, 'InvalidPart');
        return part;
      },
    );
    const sums = Buffer.concat(parts.map((part) => md5(part).digest()));
    const etag = `${md5(sums).digest('hex')}-${parts.length}`;
    objects.set(key, toObject(Buffer.concat(parts), upload.headers, etag));
    return xml('CompleteMultipartUploadResult', tag('Key', key) + tag('ETag', `"${etag}"`));
  }

  return {
    objects,
    /** @throws S3Error */
    answer(call: S3Call): S3Answer {
      const { method, key, parameters } = call;
      if (key === '') {
        if (method === 'GET' && parameters.get('list-type') === '2') return list(call);
        if (method === 'HEAD') return { status: 200 };
        throw new S3Error(501, 'NotImplemented');
      }
      if (parameters.has('uploads') || parameters.has('uploadId')) return multipart(call);
      if (method === 'PUT') return put(call);
      if (method === 'GET' || method === 'HEAD') return get(call);
      if (method === 'DELETE') {
        objects.delete(key);
        return { status: 204 };
      }
      throw new S3Error(405, 'MethodNotAllowed');
    },
  };
}
