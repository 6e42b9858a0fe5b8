import { about, text, urlOf } from './kinds.js';

const PAYMENT = 'Payment';

export const paymentVariables = {
  ALIPAY_APP_ID: text
    .optional()
    .meta(about(PAYMENT, 'Alipay needs this and both keys. 16 digits.', { example: '' })),
  ALIPAY_PRIVATE_KEY: text
    .optional()
    .meta(
      about(
        PAYMENT,
        "Our application's private key (RSA2). Here as everywhere: PEM, PEM on one line with \\n, its base64, or the path of a file that holds it.",
        { isSecret: true, example: '' },
      ),
    ),
  ALIPAY_PUBLIC_KEY: text
    .optional()
    .meta(about(PAYMENT, "Alipay's public key; not that of our application.", { example: '' })),
  ALIPAY_SELLER_ID: text
    .optional()
    .meta(
      about(PAYMENT, 'Notices of another seller are refused where it is set.', { example: '' }),
    ),
  ALIPAY_GATEWAY: urlOf('http:', 'https:')
    .default('https://openapi.alipay.com/gateway.do')
    .meta(about(PAYMENT, 'The sandbox: https://openapi-sandbox.dl.alipaydev.com/gateway.do.')),
  WECHAT_APP_ID: text
    .optional()
    .meta(about(PAYMENT, 'WeChat Pay needs this, the merchant number and keys.', { example: '' })),
  WECHAT_MCH_ID: text.optional().meta(about(PAYMENT, 'Merchant number.', { example: '' })),
  WECHAT_API_KEY: text
    .optional()
    .meta(
      about(
        PAYMENT,
        'APIv2 key, 32 characters. Enough to be paid; refunds take WECHAT_MCH_CERT and its key as well. With the five of V3 below it is not needed.',
        { isSecret: true, example: '' },
      ),
    ),
  WECHAT_MCH_CERT: text
    .optional()
    .meta(
      about(
        PAYMENT,
        'Merchant certificate (apiclient_cert.pem, not the .p12), for refunds without V3; its key is WECHAT_MCH_PRIVATE_KEY.',
        { example: '' },
      ),
    ),
  WECHAT_APP_SECRET: text
    .optional()
    .meta(
      about(
        PAYMENT,
        "Secret of the official account that WECHAT_APP_ID is, for paying inside WeChat's own browser.",
        { isSecret: true, example: '' },
      ),
    ),
  WECHAT_API_V3_KEY: text
    .optional()
    .meta(about(PAYMENT, 'APIv3 key, 32 characters.', { isSecret: true, example: '' })),
  WECHAT_MCH_SERIAL_NO: text
    .optional()
    .meta(about(PAYMENT, 'Serial number of the merchant certificate.', { example: '' })),
  WECHAT_MCH_PRIVATE_KEY: text.optional().meta(
    about(PAYMENT, 'Private key of the merchant certificate (apiclient_key.pem).', {
      isSecret: true,
      example: '',
    }),
  ),
  WECHAT_PAY_PUBLIC_KEY_ID: text
    .optional()
    .meta(about(PAYMENT, 'PUB_KEY_ID_ and digits.', { example: '' })),
  WECHAT_PAY_PUBLIC_KEY: text
    .optional()
    .meta(about(PAYMENT, "WeChat Pay's public key.", { example: '' })),
  WECHAT_PLATFORM_CERT: text.optional().meta(
    about(PAYMENT, 'Platform certificate of merchants who have no WECHAT_PAY_PUBLIC_KEY.', {
      example: '',
    }),
  ),
  WECHAT_API_BASE: urlOf('http:', 'https:')
    .default('https://api.mch.weixin.qq.com/')
    .meta(about(PAYMENT, 'Address of WeChat Pay.')),
  WECHAT_PAYER_BASE: urlOf('http:', 'https:')
    .default('https://api.weixin.qq.com/')
    .meta(about(PAYMENT, 'Address of WeChat that names payers.')),
  PAY_NOTIFY_BASE_URL: urlOf('http:', 'https:')
    .optional()
    .meta(
      about(
        PAYMENT,
        'Where Alipay and WeChat Pay reach this server, if not under APP_URL: https, public.',
        { example: 'https://notes.example.com' },
      ),
    ),
};
