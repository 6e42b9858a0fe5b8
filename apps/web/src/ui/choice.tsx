import { type ReactNode, useId } from 'react';
import { cn } from './cn.js';

interface ChoiceProps<T extends string> {
  label: string;
  /** Beside the label: how the setting fares. */
  aside?: ReactNode;
  value: T;
  options: { value: T; label: string; hint?: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
  /** `rows` for options that need a sentence, `row` for a setting with its label beside it. */
  layout?: 'segments' | 'rows' | 'row';
}

/** One of a few options, as native radio buttons. */
export function Choice<T extends string>({
  label,
  aside,
  value,
  options,
  onChange,
  layout = 'segments',
}: ChoiceProps<T>) {
  const id = useId();
  const isRows = layout === 'rows';
  return (
    <div
      role="radiogroup"
      aria-labelledby={id}
      className={cn(
        'grid gap-1.5',
        layout === 'row' && 'md:flex md:items-center md:justify-between md:gap-6',
      )}
    >
      <div className="flex min-w-0 items-center gap-2.5">
        <p
          id={id}
          className={cn(
            layout === 'row' ? 'text-sm' : 'text-[0.8125rem] text-ink-2',
            'font-medium',
          )}
        >
          {label}
        </p>
        {aside}
      </div>
      <div
        className={cn(
          isRows
            ? 'grid gap-2'
            : 'inline-flex w-fit shrink-0 flex-wrap gap-1 rounded-xl bg-paper-3 p-1',
        )}
      >
        {options.map((option) => (
          <label
            key={option.value}
            className={cn(
              'flex cursor-pointer items-center gap-2 has-focus-visible:outline-2 has-focus-visible:outline-accent',
              isRows
                ? 'rounded-xl border border-line px-3.5 py-2.5 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft'
                : 'segment h-8 rounded-lg px-3 text-sm text-ink-2 has-checked:bg-paper has-checked:text-ink has-checked:shadow-card max-md:h-10 [&_svg]:size-4',
            )}
          >
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className={isRows ? 'accent-accent' : 'sr-only'}
            />
            {option.icon}
            <span>
              {option.label}
              {option.hint && (
                <span className="block text-[0.8125rem] text-ink-3">{option.hint}</span>
              )}
            </span>
          </label>
        ))}
      </div>
    </div>
  );
}
