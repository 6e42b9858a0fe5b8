import { m } from '@ainotebook/messages';
import type { ReactNode } from 'react';
import { changeLocale, useLocale } from '../../lib/locale.js';
import { Logo } from '../../ui/logo.js';
import { PageTitle } from '../../ui/page-title.js';

interface AuthFrameProps {
  title: string;
  lead?: string;
  children: ReactNode;
  footer?: ReactNode;
}

/** The quiet page around signing in. */
export function AuthFrame({ title, lead, children, footer }: AuthFrameProps) {
  const locale = useLocale();
  return (
    <div className="flex min-h-dvh flex-col bg-paper-2">
      <main className="mx-auto grid w-full max-w-sm flex-1 grid-cols-1 content-center gap-7 px-6 py-12">
        <header className="grid gap-5">
          <Logo className="size-11" />
          <div>
            <PageTitle title={title} className="text-[1.625rem] leading-tight font-semibold" />
            <p className="mt-2 text-ink-2">{lead ?? m.app_tagline()}</p>
          </div>
        </header>
        {children}
        {footer && <div className="text-sm text-ink-2">{footer}</div>}
      </main>
      <footer className="flex justify-center gap-1 p-5 text-[0.8125rem]">
        {(['zh-CN', 'en'] as const).map((option) => (
          <button
            key={option}
            type="button"
            lang={option}
            aria-pressed={option === locale}
            onClick={() => changeLocale(option)}
            className="h-9 rounded-lg px-3 text-ink-3 hover:text-ink aria-pressed:text-ink max-md:h-11"
          >
            {option === 'zh-CN' ? m.settings_language_zh() : m.settings_language_en()}
          </button>
        ))}
      </footer>
    </div>
  );
}
