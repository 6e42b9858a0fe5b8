const MOST_FEN = 10_000_000_000;

/** `1.00` of 100 fen: no float in between. @throws RangeError when `fen` is not 1 to 10^10 whole fen */
export function toYuan(fen: number): string {
  requireFen(fen);
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

/** Whole fen of `1`, `1.0` or `1.00`; null of anything else. */
export function fromYuan(text: unknown): number | null {
  const match = typeof text === 'string' ? /^(\d{1,8})(?:\.(\d{1,2}))?$/.exec(text) : null;
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** A whole number of fen as the channel writes it, as a number or as digits; null of anything else. */
export function readFen(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null;
  return typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : null;
}

/** @throws RangeError */
export function requireFen(fen: number): void {
  if (Number.isSafeInteger(fen) && fen > 0 && fen <= MOST_FEN) return;
  throw new RangeError(`${fen} is no amount in fen`);
}

/** `2026-03-01 08:00:00` in Beijing, where both channels live, whatever the time zone of the process. */
export function beijingTime(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** The moment of a `beijingTime`; null of anything else. */
export function fromBeijingTime(text: unknown): Date | null {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null;
  const at = new Date(`${text.replace(' ', 'T')}+08:00`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** One line of what is sold, without what could be read as a further field of a signed text. */
export function plainSubject(subject: string, maxLength: number): string {
  const plain = subject
    .replace(/[\p{Cc}&=<>"'\\/]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return [...plain].slice(0, maxLength).join('') || 'Order';
}
