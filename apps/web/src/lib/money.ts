import { getLocale } from '@ainotebook/messages/runtime';

/** `¥12.00` of whole fen; in a price without its fen where there are none. */
export function moneyText(amountFen: number, look: 'exact' | 'price' = 'exact'): string {
  const isWhole = look === 'price' && amountFen % 100 === 0;
  return new Intl.NumberFormat(getLocale(), {
    style: 'currency',
    currency: 'CNY',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: isWhole ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(amountFen / 100);
}

/** The whole fen of `12`, `12.5` or `12.50` yuan as somebody typed it; null where it is no amount. */
export function fenOf(typed: string): number | null {
  const [, yuan, part = ''] = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(typed.trim()) ?? [];
  if (yuan === undefined) return null;
  return Number(yuan) * 100 + Number(part.padEnd(2, '0'));
}
