import { type ReactNode, useId } from 'react';

interface SwitchProps {
  /** Beside the label: how the setting fares. */
  aside?: ReactNode;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  label: string;
  hint?: string;
}

/** A setting that is on or off, with the whole row to press. */
export function Switch({ isOn, onChange, label, hint, aside }: SwitchProps) {
  const id = useId();
  return (
    <label className="flex cursor-pointer items-center gap-6 max-md:min-h-11">
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2.5 text-sm font-medium">
          <span id={id}>{label}</span>
          {aside}
        </span>
        {hint && (
          <span id={`${id}-hint`} className="mt-0.5 block text-[0.8125rem] text-ink-3">
            {hint}
          </span>
        )}
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-labelledby={id}
        checked={isOn}
        aria-checked={isOn}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="switch"
      />
    </label>
  );
}
