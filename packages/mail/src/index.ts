export { parseSender, parseSmtpUrl, type Sender } from './addresses.js';
export { MailError } from './mail-error.js';
export { createMailer, type Mail, type Mailer, type MailerOptions } from './mailer.js';
