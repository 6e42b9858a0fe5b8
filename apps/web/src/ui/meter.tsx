import type { ReactNode } from 'react';
import { cn } from './cn.js';

interface MeterProps {
  label: string;
  /** So much of so much. */
  text: string;
  /** 1 when all is used; more after a plan ended. */
  share: number;
  /** What is said when little is left, and when nothing is. */
  low?: string;
  full?: string;
  children?: ReactNode;
}

/** How much of an allowance is used, and what it means when little or none is left. */
export function Meter({ label, text, share, low, full, children }: MeterProps) {
  const percent = Math.min(100, Math.round(share * 100));
  const words = share >= 1 ? full : low;
  const tone = share >= 1 ? 'bg-danger' : percent >= 80 ? 'bg-warn' : 'bg-accent';
  return (
    <div className="grid gap-2">
      <p className="flex flex-wrap justify-between gap-x-4 text-sm">
        <span className="font-medium">{label}</span>
        <span className="text-ink-2 tabular-nums">{text}</span>
      </p>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-1.5 overflow-hidden rounded-full bg-paper-3"
      >
        <div className={cn('h-full min-w-1 rounded-full', tone)} style={{ width: `${percent}%` }} />
      </div>
      {percent >= 80 && words && <p className="text-[0.8125rem] text-warn">{words}</p>}
      {children}
    </div>
  );
}
