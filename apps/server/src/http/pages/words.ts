import type { Locale } from '@ainotebook/contract';

/** Words that only the public pages say and the shared messages do not have. */
const WORDS = {
  'zh-CN': {
    signIn: '登录',
    register: '注册',
    older: '更早的文章',
    tooMany: '请求太频繁了',
    tooManyText: '请稍等片刻再试。',
    badAddress: '这个地址无法识别',
  },
  en: {
    signIn: 'Sign in',
    register: 'Register',
    older: 'Older articles',
    tooMany: 'Too many requests',
    tooManyText: 'Please wait a moment and try again.',
    badAddress: 'This address cannot be read',
  },
} as const;

export function words(locale: Locale): (typeof WORDS)[Locale] {
  return WORDS[locale];
}

/** The day as people write it; UTC, so that every reader sees the same one. */
export function formatDay(date: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}

/** The language of a text, for fonts and screen readers: Chinese when a fair share of it is Han. */
export function textLanguage(text: string): Locale {
  const sample = text.slice(0, 2000);
  const han = sample.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han * 8 > sample.length ? 'zh-CN' : 'en';
}

const HAN_A_MINUTE = 400;
const WORDS_A_MINUTE = 220;

/** Minutes a reader needs, at least one. */
export function readingMinutes(wordCount: number, language: Locale): number {
  const speed = language === 'zh-CN' ? HAN_A_MINUTE : WORDS_A_MINUTE;
  return Math.max(1, Math.round(wordCount / speed));
}
