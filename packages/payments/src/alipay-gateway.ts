import { Socket } from 'node:net';
import type { AlipaySdk, AlipaySdkConfig } from 'alipay-sdk';
import { beijingTime } from './amounts.js';
import { isPair, KeyError, readPrivateKey, readPublicKey } from './keys.js';
import { codeOf, PaymentError } from './payment-error.js';
import { type AlipaySettings, type ChannelOptions, DEFAULT_TIMEOUT_MS } from './settings.js';

const { destroy } = Socket.prototype;
const GATEWAY = 'https://openapi.alipay.com/gateway.do';

/** An answer whose signature is proven. */
export interface AlipayAnswer {
  isSuccess: boolean;
  /** Why not, in Alipay's words: `ACQ.TRADE_NOT_EXIST`. */
  code: string | null;
  /** As Alipay names them. */
  fields: Record<string, unknown>;
}

export interface AlipayGateway {
  /** @throws PaymentError unreachable, untrusted */
  call(
    method: string,
    content: Record<string, string>,
    more?: { hasNotices?: boolean },
  ): Promise<AlipayAnswer>;
  /** The address of Alipay's page for a payment. */
  pageUrl(method: string, content: Record<string, string>, returnUrl?: string): Promise<string>;
  /** Whether the fields of a notice carry Alipay's signature. */
  isSigned(fields: Record<string, string>): Promise<boolean>;
}

/**
 * `alipay-sdk` with what it leaves to its user. It checks no signature of an answer unless told to,
 * and none at all without a key; takes PKCS#8 silently for PKCS#1; writes the local time of the
 * process where Beijing's belongs; does not throw when Alipay says no; and its errors hold whole
 * answers. @throws KeyError
 */
export function createGateway(settings: AlipaySettings, options: ChannelOptions): AlipayGateway {
  const privateKey = named('ALIPAY_PRIVATE_KEY', () => readPrivateKey(settings.privateKey));
  const publicKey = named('ALIPAY_PUBLIC_KEY', () => readPublicKey(settings.publicKey));
  if (isPair(privateKey, publicKey)) {
    throw new KeyError('ALIPAY_PUBLIC_KEY is our own public key; that of Alipay belongs here');
  }
  const config: AlipaySdkConfig = {
    appId: settings.appId,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    keyType: 'PKCS1',
    alipayPublicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    signType: 'RSA2',
    gateway: options.baseUrl === undefined ? GATEWAY : new URL('/gateway.do', options.baseUrl).href,
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    camelcase: false,
  };
  let loaded: Promise<AlipaySdk> | undefined;
  // Loaded by the first who pays: most servers never need it.
  const sdk = () => {
    loaded ??= loadSdk().then((module) => new module.AlipaySdk(config));
    return loaded;
  };
  const common = () => ({ timestamp: beijingTime(new Date()) });

  return {
    call: async (method, content, { hasNotices = false } = {}) => {
      const client = await sdk();
      const params = {
        ...common(),
        ...(hasNotices ? { notifyUrl: options.notifyUrl } : {}),
        bizContent: content,
      };
      const fields = await client.exec(method, params, { validateSign: true }).catch(rethrow);
      const isSuccess = fields.code === '10000';
      return { isSuccess, code: isSuccess ? null : codeOf(fields.sub_code ?? fields.code), fields };
    },
    pageUrl: async (method, content, returnUrl) => {
      const client = await sdk();
      return client.pageExecute(method, 'GET', {
        ...common(),
        notifyUrl: options.notifyUrl,
        ...(returnUrl === undefined ? {} : { returnUrl }),
        bizContent: content,
      });
    },
    isSigned: async (fields) => {
      const client = await sdk();
      // The other check decodes what is not encoded, and throws over a per cent sign.
      return client.checkNotifySignV2({ ...fields });
    },
  };
}

function named<T>(variable: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new KeyError(`${variable} ${error.message}`);
  }
}

/** What the SDK throws holds the request or the answer: only what kind of failure it was goes on. */
function rethrow(error: unknown): never {
  const message = error instanceof Error ? error.message : '';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.name : null;
  if (message.startsWith('HttpClient Request error')) {
    throw new PaymentError(
      'unreachable',
      `Alipay does not answer: ${codeOf(cause) ?? 'no reason'}`,
    );
  }
  const status = /^HTTP 请求错误, status: (\d{3})/.exec(message)?.[1];
  if (status !== undefined) {
    throw new PaymentError('unreachable', `Alipay answered with status ${status}`);
  }
  throw new PaymentError('untrusted', 'The answer does not carry the signature of Alipay');
}

/**
 * `urllib`, by which the SDK calls, puts a `destroy` of its own under every socket of the process, which
 * throws when one error ends two of them: so do pools of `undici` that are closed. It goes without.
 */
async function loadSdk(): Promise<typeof import('alipay-sdk')> {
  const sdk = await import('alipay-sdk');
  Socket.prototype.destroy = destroy;
  return sdk;
}
