import type { Locale } from '@ainotebook/contract';
import type { Tx } from '@ainotebook/db';
import type { LetterContent } from '@ainotebook/messages/mail';
import type { ApiConfig } from '../context.js';

/** A letter, who gets it, and in which language. */
export interface AddressedLetter {
  to: string;
  locale: Locale;
  content: LetterContent;
}

/** What a letter is made with. `outboxId` names the mail over all its attempts. */
export interface LetterContext {
  db: Tx;
  config: ApiConfig;
  outboxId: string;
}
