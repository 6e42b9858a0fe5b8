import type { ReactNode } from 'react';
import { cn } from './cn.js';

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string; hint?: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
  /** `rows` for options that need a sentence. */
  layout?: 'segments' | 'rows';
}

/** One of a few options, as native radio buttons. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
  layout = 'segments',
}: ChoiceProps<T>) {
  const isRows = layout === 'rows';
  return (
    <fieldset>
      <legend className="mb-1.5 text-[0.8125rem] font-medium text-ink-2">{label}</legend>
      <div
        className={cn(
          isRows ? 'grid gap-2' : 'inline-flex flex-wrap gap-1 rounded-xl bg-paper-3 p-1',
        )}
      >
        {options.map((option) => (
          <label
            key={option.value}
            className={cn(
              'flex cursor-pointer items-center gap-2 has-focus-visible:outline-2 has-focus-visible:outline-accent',
              isRows
                ? 'rounded-xl border border-line px-3.5 py-2.5 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft'
                : 'h-8 rounded-lg px-3 text-sm text-ink-2 has-checked:bg-paper has-checked:text-ink has-checked:shadow-card max-md:h-10 [&_svg]:size-4',
            )}
          >
            <input
              type="radio"
              name={label}
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
    </fieldset>
  );
}
