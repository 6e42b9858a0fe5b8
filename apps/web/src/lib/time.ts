import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "3 分钟前", "昨天", then the date: short enough for a list. */
export function relativeTime(date: Date, now: number = Date.now()): string {
  const locale = getLocale();
  const age = now - date.getTime();
  if (age < MINUTE) return m.time_just_now();
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  if (age < HOUR) return format.format(-Math.floor(age / MINUTE), 'minute');
  if (age < DAY) return format.format(-Math.floor(age / HOUR), 'hour');
  if (age < 7 * DAY) return format.format(-Math.floor(age / DAY), 'day');
  const sameYear = new Date(now).getFullYear() === date.getFullYear();
  return new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(date);
}

/** "3 秒", "5 min": how long something took, in its largest unit. */
export function shortDuration(ms: number): string {
  const [size, unit] =
    ms < MINUTE
      ? ([1000, 'second'] as const)
      : ms < HOUR
        ? ([MINUTE, 'minute'] as const)
        : ms < DAY
          ? ([HOUR, 'hour'] as const)
          : ([DAY, 'day'] as const);
  return new Intl.NumberFormat(getLocale(), {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  }).format(Math.ceil(ms / size));
}

/** Day and time in full, for tooltips and history. */
export const fullTime = (date: Date): string =>
  new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(date);

/** To the second, where things follow each other closely. */
export const secondText = (date: Date): string =>
  new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(date);

export const clockTime = (date: Date): string =>
  new Intl.DateTimeFormat(getLocale(), { timeStyle: 'short' }).format(date);

export const dayName = (date: Date): string =>
  new Intl.DateTimeFormat(getLocale(), { dateStyle: 'full' }).format(date);

/** Whole days until `date`, at least zero. */
export const daysUntil = (date: Date, now: number = Date.now()): number =>
  Math.max(0, Math.ceil((date.getTime() - now) / DAY));

/** The day alone, in full. */
export const dateText = (date: Date): string =>
  new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium' }).format(date);
