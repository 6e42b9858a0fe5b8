import { type Locale, localeSchema } from '@ainotebook/contract';
import { parseCookie } from 'cookie';
import type { Request } from 'express';

/** The web app keeps the language a person chose in it. */
const LOCALE_COOKIE = 'locale';

/** The language an answer is written in: the chosen one, else what the browser asks for. */
export function localeOf(req: Request): Locale {
  const chosen = localeSchema.safeParse(parseCookie(req.headers.cookie ?? '')[LOCALE_COOKIE]);
  if (chosen.success) return chosen.data;
  return req.acceptsLanguages('zh-CN', 'zh', 'en') === 'en' ? 'en' : 'zh-CN';
}
