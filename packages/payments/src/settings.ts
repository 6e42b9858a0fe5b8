/** What Alipay takes; keys in any form that `readPrivateKey` and `readPublicKey` take. */
export interface AlipaySettings {
  appId: string;
  /** Of our application. */
  privateKey: string;
  /** Of Alipay, not of our application. */
  publicKey: string;
  /** Notices of another seller are refused where it is set. */
  sellerId: string | null;
}

/** Whose signature is on what WeChat Pay sends: its public key, or the certificate of older merchants. */
export type WechatVerifier =
  | { kind: 'publicKey'; keyId: string; publicKey: string }
  | { kind: 'certificate'; certificate: string };

/** What the merchant proves itself with by TLS: `apiclient_cert.pem` and `apiclient_key.pem`. */
export interface MerchantCertificate {
  certificate: string;
  privateKey: string;
}

/** What WeChat Pay takes: V3 where it is configured, else V2. */
export interface WechatSettings {
  appId: string;
  mchId: string;
  /** Of the official account that `appId` is; without it nobody pays inside WeChat's own browser. */
  appSecret: string | null;
  v2: {
    /** 32 characters. */
    key: string;
    /** Without it nothing can be given back. */
    merchant: MerchantCertificate | null;
  } | null;
  v3: {
    /** 32 characters. */
    apiKey: string;
    /** Of the merchant certificate, hexadecimal. */
    serial: string;
    privateKey: string;
    verifier: WechatVerifier;
  } | null;
}

/** What every channel is made with. */
export interface ChannelOptions {
  /** Where notices are sent: https, public, without a query. */
  notifyUrl: string;
  /** Origin of the channel's API; another one for a sandbox or a stand-in. */
  baseUrl?: string;
  /** Origin of the API by which WeChat names payers; another one for a stand-in. */
  payerBaseUrl?: string;
  /** Whom TLS believes, as PEM, instead of those that Node.js knows: for a stand-in. */
  ca?: string;
  /** Longest a call may take. Default 8,000. */
  timeoutMs?: number;
}

export const DEFAULT_TIMEOUT_MS = 8_000;
