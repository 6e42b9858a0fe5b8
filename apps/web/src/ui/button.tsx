import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { ariaShortcut, shortcutLabel } from '../lib/keys.js';
import { cn } from './cn.js';

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-lg font-medium transition-colors duration-100 select-none disabled:opacity-55';
const VARIANTS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  outline: 'border border-line-strong bg-paper text-ink hover:bg-hover',
  ghost: 'text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-on-accent hover:opacity-90',
  /** Before one is asked whether to. */
  dangerOutline: 'border border-line-strong bg-paper text-danger hover:bg-hover',
};
const SIZES = {
  sm: 'h-8 px-2.5 text-[0.8125rem] max-md:h-10',
  md: 'h-9 px-3.5 text-sm max-md:h-11',
  lg: 'h-11 px-5 text-[0.9375rem]',
};

interface ButtonLook {
  variant?: keyof typeof VARIANTS;
  size?: keyof typeof SIZES;
}

interface ButtonProps extends ComponentProps<'button'>, ButtonLook {
  isBusy?: boolean;
}

/** The looks of a button, for a link that is one. */
export const buttonClass = ({ variant = 'outline', size = 'md' }: ButtonLook = {}): string =>
  cn(BASE, VARIANTS[variant], SIZES[size]);

export function Button({
  variant,
  size,
  isBusy = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      className={cn(buttonClass({ variant, size }), className)}
    >
      {isBusy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** Read by screen readers and shown on hover. */
  label: string;
  /** Keys that do the same, as `lib/keys.ts` writes them. */
  shortcut?: string;
  isActive?: boolean;
  children: ReactNode;
}

export function IconButton({
  label,
  shortcut,
  isActive,
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      title={shortcut ? `${label} (${shortcutLabel(shortcut)})` : label}
      aria-label={label}
      aria-keyshortcuts={shortcut && ariaShortcut(shortcut)}
      aria-pressed={isActive}
      {...rest}
      className={cn(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-ink-3 transition-colors duration-100 hover:bg-hover hover:text-ink disabled:opacity-40 data-[state=open]:bg-hover data-[state=open]:text-ink max-md:size-11 [&_svg]:size-[1.0625rem]',
        isActive && 'bg-accent-soft text-accent-strong',
        className,
      )}
    >
      {children}
    </button>
  );
}
