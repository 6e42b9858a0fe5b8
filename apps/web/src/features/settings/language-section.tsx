import type { Locale } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useEffect, useRef } from 'react';
import { Choice } from '../../ui/choice.js';
import { SavedTick } from './saved-tick.js';
import { useAccountLocale } from './use-account-locale.js';

let hasJustChanged = false;

/** The language of the interface and of mail. */
export function LanguageSection() {
  const [locale, setLocale] = useAccountLocale();
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Another language draws the page anew; the keyboard stays where it was.
    if (hasJustChanged) group.current?.querySelector<HTMLElement>('input:checked')?.focus();
    hasJustChanged = false;
  }, []);
  const choose = (next: Locale) => {
    hasJustChanged = true;
    setLocale(next);
  };
  return (
    <div ref={group}>
      <Choice
        layout="rows"
        label={m.settings_language()}
        aside={<SavedTick name="locale" />}
        value={locale}
        onChange={choose}
        options={[
          { value: 'zh-CN', label: m.settings_language_zh() },
          { value: 'en', label: m.settings_language_en() },
        ]}
      />
    </div>
  );
}
