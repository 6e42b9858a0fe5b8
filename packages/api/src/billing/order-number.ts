import { randomBytes } from 'node:crypto';

/** Our number of an order at its channel: the day, for people, and 96 random bits. */
export function newOrderNumber(): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  return `${day}${randomBytes(12).toString('hex')}`;
}

/** Whether a number could be of ours: others may sell under the same merchant. */
export const isOrderNumber = (number: string): boolean => /^\d{8}[0-9a-f]{24}$/.test(number);
