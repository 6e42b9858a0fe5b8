import type { Locale } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useApp } from '../../app-context.js';
import { changeLocale, useLocale } from '../../lib/locale.js';
import { setTheme, useTheme } from '../../lib/theme.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Choice } from '../../ui/choice.js';
import { Section } from './section.js';

export function AppearanceSection() {
  const theme = useTheme();
  const locale = useLocale();
  const { session } = useApp();
  const update = trpc.users.update.useMutation({
    onSuccess: (user) => session.updateUser(user),
    onError: toastError,
  });
  const onLocale = (next: Locale) => {
    update.mutate({ data: { locale: next } });
    changeLocale(next);
  };
  return (
    <Section title={m.settings_appearance()}>
      <div className="flex flex-wrap gap-x-10 gap-y-5">
        <Choice
          label={m.settings_theme()}
          value={theme}
          onChange={setTheme}
          options={[
            { value: 'system', label: m.theme_system(), icon: <Monitor aria-hidden /> },
            { value: 'light', label: m.theme_light(), icon: <Sun aria-hidden /> },
            { value: 'dark', label: m.theme_dark(), icon: <Moon aria-hidden /> },
          ]}
        />
        <Choice
          label={m.settings_language()}
          value={locale}
          onChange={onLocale}
          options={[
            { value: 'zh-CN', label: m.settings_language_zh() },
            { value: 'en', label: m.settings_language_en() },
          ]}
        />
      </div>
    </Section>
  );
}
