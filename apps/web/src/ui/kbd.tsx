import { shortcutLabel } from '../lib/keys.js';
import { cn } from './cn.js';

/** A shortcut as keycaps, written the way the platform writes it. */
export function Kbd({ shortcut, className }: { shortcut: string; className?: string }) {
  return (
    <kbd className={cn('inline-flex gap-0.5 font-sans', className)}>
      {shortcut.split('+').map((part) => (
        <span
          key={part}
          className="grid h-5.5 min-w-5.5 place-items-center rounded-md border border-line bg-paper-2 px-1.5 text-xs whitespace-nowrap text-ink-2"
        >
          {shortcutLabel(part)}
        </span>
      ))}
    </kbd>
  );
}
