import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isChunked, readBody } from './body.js';
import { createBucket, type S3Answer, type StoredObject } from './bucket.js';
import { checkSignature, parseQuery, type RawRequest, S3Error, type S3Keys } from './signature.js';

/** Name under which buckets are subdomains; it must be made to resolve to the loopback. */
const DOMAIN = 's3.test';

/**
 * - `serve`: all is well.
 * - `busy`: every request gets 503.
 * - `silent`: no request gets an answer.
 * - `full`: nothing more is kept.
 * - `cut`: bodies end in the middle.
 */
type Behaviour = 'serve' | 'busy' | 'silent' | 'full' | 'cut';

export interface S3StandInOptions {
  /** As Aliyun OSS: buckets as subdomains only, and no aws-chunked. */
  isStrict?: boolean;
  /** Anybody may read: a bucket behind a CDN. */
  isPublic?: boolean;
  /** Whose pages may use what is read, where anybody may; all when absent. */
  allowedOrigin?: string;
}

export interface S3StandIn extends S3Keys {
  /** `http://127.0.0.1:port`, or `http://s3.test:port` when strict. */
  endpoint: string;
  bucket: string;
  objects: Map<string, StoredObject>;
  /** `PUT key`, oldest first; empty it between tests. */
  requests: string[];
  behave(behaviour: Behaviour): void;
  /** Refuses connections until `up`, on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a bucket on loopback that checks every signature, keeps what it takes, and misbehaves on demand. */
export async function startS3(options: S3StandInOptions = {}): Promise<S3StandIn> {
  const { isStrict = false, isPublic = false, allowedOrigin = '*' } = options;
  const keys: S3Keys = {
    region: 'cn-test-1',
    accessKeyId: `AK${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
  const name = 'notes';
  const bucket = createBucket(name);
  const requests: string[] = [];
  let behaviour: Behaviour = 'serve';
  let port = 0;

  /** The key of a request: of its path alone for a subdomain. @throws S3Error */
  function keyOf({ path, headers }: RawRequest): string {
    const host = (headers.host ?? '').replace(/:\d+$/, '');
    const isSubdomain = host.endsWith(`.${DOMAIN}`);
    if (isStrict && !isSubdomain) {
      throw new S3Error(403, 'SecondLevelDomainForbidden', 'Use virtual hosted style');
    }
    const [first = '', ...rest] = path.slice(1).split('/');
    const [named, key] = isSubdomain
      ? [host.slice(0, -DOMAIN.length - 1), path.slice(1)]
      : [first, rest.join('/')];
    if (named !== name) throw new S3Error(404, 'NoSuchBucket');
    return decodeURIComponent(key);
  }

  async function answer(req: IncomingMessage): Promise<S3Answer> {
    const [path = '/', query = ''] = (req.url ?? '/').split('?');
    const raw: RawRequest = { method: req.method ?? 'GET', path, query, headers: req.headers };
    const key = keyOf(raw);
    requests.push(`${raw.method} ${key}`);
    if (behaviour === 'busy') throw new S3Error(503, 'SlowDown');
    const parameters = new Map(parseQuery(query));
    const isSigned = req.headers.authorization !== undefined || parameters.has('X-Amz-Signature');
    const isOpen = isPublic && !isSigned && /^(GET|HEAD)$/.test(raw.method) && key !== '';
    const payload = isOpen ? null : checkSignature(raw, keys);
    if (isStrict && isChunked(req.headers)) {
      throw new S3Error(400, 'NotImplemented', 'aws-chunked encoding is not supported');
    }
    const body = await readBody(req, payload);
    if (behaviour === 'full' && raw.method === 'PUT') throw new S3Error(507, 'XMinioStorageFull');
    return bucket.answer({ method: raw.method, key, parameters, headers: req.headers, body });
  }

  function write(req: IncomingMessage, res: ServerResponse, { status, headers, body }: S3Answer) {
    if (isPublic) res.setHeader('access-control-allow-origin', allowedOrigin);
    const bytes = Buffer.from(body ?? '');
    res.writeHead(status, { ...headers, 'content-length': bytes.length });
    if (req.method === 'HEAD') return res.end();
    if (behaviour !== 'cut' || bytes.length < 2) return res.end(bytes);
    res.write(bytes.subarray(0, bytes.length / 2), () => res.destroy());
  }

  const server = createServer((req, res) => {
    if (behaviour === 'silent') return;
    answer(req)
      .catch((error: unknown): S3Answer => {
        if (!(error instanceof S3Error)) throw error;
        return {
          status: error.status,
          headers: { 'content-type': 'application/xml' },
          body: `<?xml version="1.0"?><Error><Code>${error.code}</Code><Message>${error.message}</Message></Error>`,
        };
      })
      .then((made) => write(req, res, made))
      // A client that leaves in the middle is what the tests are about.
      .catch(() => res.destroy());
  });
  const up = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address) port = address.port;
  };
  const down = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };

  await up();
  return {
    ...keys,
    endpoint: `http://${isStrict ? DOMAIN : '127.0.0.1'}:${port}`,
    bucket: name,
    objects: bucket.objects,
    requests,
    behave: (next) => {
      behaviour = next;
    },
    down,
    up,
    stop: down,
  };
}
