import { m } from '@ainotebook/messages';
import { useId } from 'react';
import { setTheme, type Theme, useTheme } from '../../lib/theme.js';
import { Choice } from '../../ui/choice.js';
import { cn } from '../../ui/cn.js';
import { useAccountLocale } from '../settings/use-account-locale.js';

/** Language and colours. */
export function LooksStep() {
  const [locale, setLocale] = useAccountLocale();
  return (
    <div className="grid gap-7">
      <Choice
        label={m.settings_language()}
        value={locale}
        onChange={setLocale}
        options={[
          { value: 'zh-CN', label: m.settings_language_zh() },
          { value: 'en', label: m.settings_language_en() },
        ]}
      />
      <ThemeChoice />
    </div>
  );
}

function ThemeChoice() {
  const theme = useTheme();
  const id = useId();
  const options: { value: Theme; label: string }[] = [
    { value: 'system', label: m.theme_system() },
    { value: 'light', label: m.theme_light() },
    { value: 'dark', label: m.theme_dark() },
  ];
  return (
    <div role="radiogroup" aria-labelledby={id} className="grid gap-2">
      <p id={id} className="text-[0.8125rem] font-medium text-ink-2">
        {m.settings_theme()}
      </p>
      <div className="grid grid-cols-3 gap-2.5">
        {options.map(({ value, label }) => (
          <label
            key={value}
            className="grid cursor-pointer gap-2 rounded-xl border border-line-strong p-2 text-center text-sm has-checked:border-accent has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={id}
              value={value}
              checked={theme === value}
              onChange={() => setTheme(value)}
              className="sr-only"
            />
            <span aria-hidden className="flex h-16 overflow-hidden rounded-lg border border-line">
              {value !== 'dark' && <Miniature />}
              {value !== 'light' && <Miniature isDark />}
            </span>
            {label}
          </label>
        ))}
      </div>
    </div>
  );
}

/** A page of the app, very small, in colours that do not follow the theme. */
function Miniature({ isDark = false }: { isDark?: boolean }) {
  const line = cn('h-1 rounded-full', isDark ? 'bg-[#55504a]' : 'bg-[#d8d3ca]');
  return (
    <span className={cn('flex flex-1 gap-1.5 p-2', isDark ? 'bg-[#191714]' : 'bg-[#fdfcf9]')}>
      <span className={cn('w-1/4 rounded-sm', isDark ? 'bg-[#2b2824]' : 'bg-[#efebe4]')} />
      <span className="grid flex-1 content-start gap-1.5 pt-0.5">
        <span
          className={cn('h-1.5 w-2/3 rounded-full', isDark ? 'bg-[#a8b4e8]' : 'bg-[#3a4fa3]')}
        />
        <span className={line} />
        <span className={line} />
        <span className={cn(line, 'w-1/2')} />
      </span>
    </span>
  );
}
