import type { RevenueMonth } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { moneyText } from '../../lib/money.js';

const WIDTH = 720;
const HEIGHT = 200;
const FOOT = 22;
const HEAD = 18;

/** A round sum that the highest bar stays under: 1, 2 or 5 of a power of ten, in fen. */
export function ceilingOf(highestFen: number): number {
  if (highestFen <= 0) return 100;
  const power = 10 ** Math.floor(Math.log10(highestFen));
  return [1, 2, 5, 10].map((step) => step * power).find((sum) => sum >= highestFen) ?? highestFen;
}

/** Twelve bars of what came in, the part that went back above them, paler. The table below says the same. */
export function RevenueChart({ months }: { months: RevenueMonth[] }) {
  const ceiling = ceilingOf(Math.max(...months.map(({ paidFen }) => paidFen), 0));
  const room = HEIGHT - FOOT - HEAD;
  const step = WIDTH / Math.max(1, months.length);
  const height = (fen: number) => (fen / ceiling) * room;
  const base = HEIGHT - FOOT;
  return (
    <svg
      role="img"
      aria-label={m.shop_revenue_chart()}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="w-full max-md:hidden"
    >
      <g className="stroke-line" strokeWidth="1">
        {[0, 0.5, 1].map((share) => (
          <line key={share} x1="0" x2={WIDTH} y1={base - share * room} y2={base - share * room} />
        ))}
      </g>
      <text x="0" y={HEAD - 6} className="fill-ink-3 text-[11px]">
        {moneyText(ceiling, 'price')}
      </text>
      <text x="0" y={base - room / 2 - 4} className="fill-ink-3 text-[11px]">
        {moneyText(ceiling / 2, 'price')}
      </text>
      {months.map(({ month, paidFen, refundedFen }, index) => {
        const x = index * step + step * 0.2;
        const kept = Math.max(0, paidFen - refundedFen);
        return (
          <g key={month}>
            <title>{`${month} ${moneyText(paidFen)} − ${moneyText(refundedFen)}`}</title>
            <rect
              x={x}
              y={base - height(paidFen)}
              width={step * 0.6}
              height={height(paidFen)}
              rx="3"
              className="fill-accent-soft stroke-accent"
              strokeWidth={paidFen > 0 ? 1 : 0}
            />
            <rect
              x={x}
              y={base - height(kept)}
              width={step * 0.6}
              height={height(kept)}
              rx="3"
              className="fill-accent"
            />
            <text
              x={index * step + step / 2}
              y={HEIGHT - 6}
              textAnchor="middle"
              className="fill-ink-3 text-[11px]"
            >
              {month.slice(2)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
