import { m } from '@ainotebook/messages';
import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { IconButton } from './button.js';
import { Field, inputClass } from './field.js';

interface PasswordFieldProps extends Omit<ComponentProps<'input'>, 'type'> {
  label: string;
  hint?: string;
  error?: string | null | undefined;
}

/** A password that can be shown, pasted, and says when Caps Lock is on. */
export function PasswordField({ label, hint, error, ...rest }: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  const [isCapsOn, setIsCapsOn] = useState(false);
  return (
    <Field label={label} error={error} hint={isCapsOn ? m.auth_caps_lock() : hint}>
      {(control) => (
        <div className="relative">
          <input
            {...control}
            {...rest}
            type={isShown ? 'text' : 'password'}
            onKeyUp={(event) => setIsCapsOn(event.getModifierState('CapsLock'))}
            onBlur={() => setIsCapsOn(false)}
            className={`${inputClass} h-10 pe-11 max-md:h-11`}
          />
          <IconButton
            label={isShown ? m.auth_hide_password() : m.auth_show_password()}
            onClick={() => setIsShown(!isShown)}
            className="absolute end-1 top-1 max-md:size-9"
          >
            {isShown ? <EyeOff /> : <Eye />}
          </IconButton>
        </div>
      )}
    </Field>
  );
}
