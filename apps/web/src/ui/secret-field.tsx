import { useRef } from 'react';
import { Button } from './button.js';
import { inputClass } from './field.js';
import { toast } from './toast.js';

interface SecretFieldProps {
  label: string;
  secret: string;
  copyLabel: string;
  /** Said when it was copied. */
  copiedText: string;
}

/** What is shown this once, to be copied. */
export function SecretField({ label, secret, copyLabel, copiedText }: SecretFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  async function copy(): Promise<void> {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(secret);
    } catch {
      // No clipboard on plain http: the old way works there.
      document.execCommand('copy');
    }
    toast.success(copiedText);
  }
  return (
    <div className="flex gap-2">
      <input
        ref={field}
        readOnly
        aria-label={label}
        value={secret}
        onFocus={(event) => event.target.select()}
        className={`${inputClass} h-10 min-w-0 flex-1 font-mono text-xs max-md:h-11`}
      />
      <Button className="h-10 max-md:h-11" onClick={() => void copy()}>
        {copyLabel}
      </Button>
    </div>
  );
}
