import { z } from 'zod';
import { about, integer, origins, proxies, text, urlOf } from './kinds.js';

const APP = 'Application';

export const applicationVariables = {
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .meta(about(APP, 'production turns on strict checks and logs as JSON.')),
  HOST: text
    .default('127.0.0.1')
    .meta(about(APP, 'Address to listen on. 0.0.0.0 opens the server to the network.')),
  PORT: integer(1, 65_535, 3000).meta(about(APP, 'Port to listen on.')),
  APP_NAME: text.max(60).default('AI-NoteBook').meta(about(APP, 'Name shown to people.')),
  APP_URL: urlOf('http:', 'https:')
    .optional()
    .meta(
      about(
        APP,
        'Address under which people reach the server; every link is built from it. Required in production with DATABASE_URL; otherwise http://localhost:PORT.',
        { example: 'https://notes.example.com' },
      ),
    ),
  TRUST_PROXY: proxies.optional().meta(
    about(
      APP,
      'Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: loopback, uniquelocal, addresses, CIDR ranges. Nobody when empty.',
      {
        example: 'loopback',
      },
    ),
  ),
  CORS_ORIGINS: origins
    .default('*')
    .meta(
      about(
        APP,
        'Other origins whose pages may call the API in a browser, with commas; * for all, none for no one. They need an API key: cookies and sessions are refused to all of them.',
        { example: 'https://app.example.com' },
      ),
    ),
  WEBHOOK_ALLOW_PRIVATE_HOSTS: text
    .optional()
    .meta(
      about(
        APP,
        'Hosts of the own network that webhooks may send to, with commas; a port of its own as host:port.',
        { example: 'ci.example.com,bot.example.com:8080' },
      ),
    ),
  DATA_DIR: text
    .default('.data')
    .meta(about(APP, 'Folder of the embedded database and of generated secrets.')),
};
