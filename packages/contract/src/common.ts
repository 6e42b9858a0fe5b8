import { z } from 'zod';
import { LIMITS } from './limits.js';

const encoder = new TextEncoder();

/** UTF-8 bytes of `text`. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/** True when Postgres can store `text` exactly: no NUL and no lone surrogate. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

const STORABLE = 'contains characters that cannot be stored';

/** Text of at most `maxLength` UTF-16 units that is stored exactly as sent. */
export const text = (maxLength: number) =>
  z.string().max(maxLength).refine(isStorableText, STORABLE);

/** One line of text, trimmed, without control characters. */
export const line = (maxLength: number) =>
  z
    .string()
    .trim()
    .max(maxLength)
    .refine(isStorableText, STORABLE)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
    .refine((value) => !/[\u0000-\u001f\u007f\u2028\u2029]/.test(value), 'must be one line');

/** Markdown of one article, at most `LIMITS.contentBytes` UTF-8 bytes. */
export const markdown = z
  .string()
  .max(LIMITS.contentBytes)
  .refine(isStorableText, STORABLE)
  .refine((value) => utf8Length(value) <= LIMITS.contentBytes, 'is too long');

/** UUID as sent on the wire; ours are version 7. Lower-cased, as the database answers it. */
export const id = z.uuid().toLowerCase();
export const byId = z.strictObject({ id });

/** Opaque position in a list; only ever taken from a former answer. */
export const cursor = z.string().max(1500);
/** Page size and position of a keyset-paginated list. */
export const pageInput = {
  /** Items of a page: 1 to 100, 20 when absent. */
  limit: z.number().int().min(1).max(LIMITS.pageSizeMax).default(LIMITS.pageSize),
  /** `nextCursor` of the page before. */
  cursor: cursor.nullish(),
};
/** `{ items, nextCursor }`; `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A date on the wire: a Date over tRPC, an ISO 8601 string over plain JSON. */
export const dateInput = z.union([
  z.date(),
  z.iso.datetime({ offset: true }).transform((value) => new Date(value)),
]);

/** An address on the web: http or https, without a user name or password in it. */
export const webUrl = z
  .string()
  .trim()
  .max(LIMITS.urlLength)
  .pipe(z.url({ protocol: /^https?$/ }))
  .refine((value) => {
    // Asked of what was found to be no address as well.
    if (!URL.canParse(value)) return false;
    const { username, password } = new URL(value);
    return username === '' && password === '';
  }, 'must not hold a password');

export const localeSchema = z.enum(['zh-CN', 'en']);
export type Locale = z.infer<typeof localeSchema>;

/** How many rows an action changed. */
export const countResult = z.object({ count: z.number().int() });
