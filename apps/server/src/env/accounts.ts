import { parseSender, parseSmtpUrl } from '@ainotebook/mail';
import { z } from 'zod';
import { about, duration, integer, text } from './kinds.js';

const ACCOUNTS = 'Accounts';
const MAIL = 'Mail';

export const accountVariables = {
  JWT_SECRET: text
    .optional()
    .meta(
      about(
        ACCOUNTS,
        'Signs access tokens: at least 32 random characters (openssl rand -base64 48). The embedded default makes one.',
        { isSecret: true, example: '' },
      ),
    ),
  JWT_REFRESH_SECRET: text
    .optional()
    .meta(
      about(
        ACCOUNTS,
        'Keys the HMAC of refresh tokens: another 32 characters or more. Changing it ends all sessions.',
        { isSecret: true, example: '' },
      ),
    ),
  ENCRYPTION_KEY: text
    .optional()
    .meta(
      about(
        ACCOUNTS,
        'Seals the keys of AI providers that administrators enter: 32 or more random characters. Without it they cannot be kept; another one cannot open them. The embedded default makes one.',
        { isSecret: true, example: '' },
      ),
    ),
  ENCRYPTION_KEY_FORMER: text
    .optional()
    .meta(
      about(
        ACCOUNTS,
        'The ENCRYPTION_KEY before, while it is replaced: a start with both seals everything under the new one, then this one can go.',
        { isSecret: true, example: '' },
      ),
    ),
  JWT_EXPIRES_IN: duration('15m').meta(about(ACCOUNTS, 'Life of an access token.')),
  ARTICLE_QUOTA: integer(0, 1_000_000_000, 0).meta(
    about(
      ACCOUNTS,
      'Articles of one person, the trash with them; a plan may give more. 0 sets no limit.',
    ),
  ),
  JWT_REFRESH_EXPIRES_IN: duration('7d').meta(
    about(ACCOUNTS, 'A session unused for so long ends.'),
  ),
  REGISTRATION: z
    .enum(['open', 'closed', 'invite'])
    .default('open')
    .meta(about(ACCOUNTS, 'Who may register: open, closed or invite.')),
  SETUP_TOKEN: text
    .optional()
    .meta(
      about(
        ACCOUNTS,
        'Lets the person who knows it register as the first administrator; at least 32 characters. Or use: ainotebook create-admin.',
        { isSecret: true, example: '' },
      ),
    ),
  SMTP_URL: text
    .refine(
      (value) => parseSmtpUrl(value) !== null,
      'must be like smtps://user:password@smtp.example.com:465, without options',
    )
    .optional()
    .meta(
      about(
        MAIL,
        'Mail server for links to reset a password, invitations and notifications: smtps:// or smtp:// (STARTTLS). Special characters of the password percent-encoded. Needs MAIL_FROM.',
        { isSecret: true, example: 'smtps://user:password@smtp.example.com:465' },
      ),
    ),
  MAIL_FROM: text
    .refine(
      (value) => parseSender(value) !== null,
      'must be an address, or a name with an address: Notes <notes@example.com>',
    )
    .optional()
    .meta(
      about(MAIL, 'Sender of every mail; APP_NAME when it holds no name. Needs SMTP_URL.', {
        example: 'Notes <notes@example.com>',
      }),
    ),
};
