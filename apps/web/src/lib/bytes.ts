import { getLocale } from '@ainotebook/messages/runtime';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** `4.2 MB`, counted by 1024 as the quota is. */
export function bytesText(bytes: number): string {
  const power = bytes > 0 ? Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10)) : 0;
  return new Intl.NumberFormat(getLocale(), {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    // In short English would say "0 byte".
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(bytes / 1024 ** power);
}
