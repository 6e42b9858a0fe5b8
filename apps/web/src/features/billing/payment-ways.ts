import type { PaymentChannelInfo, PaymentMode } from '@ainotebook/contract';

/**
 * The ways of a channel, the one that suits best first.
 * @param how `paysHere`: this is the telephone that pays; `isNamed`: WeChat, in whose browser this is, has named the payer
 */
export function waysOf(
  { modes }: PaymentChannelInfo,
  { paysHere, isNamed }: { paysHere: boolean; isNamed: boolean },
): PaymentMode[] {
  const others: PaymentMode[] = paysHere ? ['mobile', 'page', 'qr'] : ['qr', 'page', 'mobile'];
  const wanted: PaymentMode[] = isNamed ? ['jsapi', ...others] : others;
  return wanted.filter((mode) => modes.includes(mode));
}
