import { getLocale } from '@ainotebook/messages/runtime';

/** `¥0.0031` of millionths of a yuan: what a call of a model costs is mostly less than a fen. */
export function costText(microYuan: number): string {
  const yuan = microYuan / 1e6;
  return new Intl.NumberFormat(getLocale(), {
    style: 'currency',
    currency: 'CNY',
    currencyDisplay: 'narrowSymbol',
    ...(yuan > 0 && yuan < 0.1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 }),
  }).format(yuan);
}
