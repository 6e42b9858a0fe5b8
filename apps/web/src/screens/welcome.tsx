import { m } from '@ainotebook/messages';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { useUser } from '../app-context.js';
import { FirstNoteStep } from '../features/onboarding/first-note-step.js';
import { LooksStep } from '../features/onboarding/looks-step.js';
import { onboarding, STEPS, useOnboarding } from '../features/onboarding/progress.js';
import { TipsStep } from '../features/onboarding/tips-step.js';
import { Button } from '../ui/button.js';
import { cn } from '../ui/cn.js';
import { Logo } from '../ui/logo.js';
import { PageTitle } from '../ui/page-title.js';

/** The first minutes: looks, a first note, three things to know. Each step can be skipped. */
export function WelcomeScreen() {
  const user = useUser();
  const progress = useOnboarding(user.id);
  const navigate = useNavigate();
  const formId = useId();
  const [isBusy, setIsBusy] = useState(false);
  const step = progress?.step ?? STEPS;
  const noteId = progress?.noteId ?? null;

  const go = (to: number) => onboarding.advance({ step: to });
  const leave = () =>
    void navigate(
      noteId && step === STEPS
        ? { to: '/notes/$articleId', params: { articleId: noteId }, search: {} }
        : { to: '/home' },
    ).then(onboarding.finish);
  const titles = [
    m.welcome_title({ name: user.displayName }),
    m.welcome_note_heading(),
    m.welcome_tips_heading(),
  ];
  const leads = [m.welcome_lead(), m.welcome_note_lead(), m.welcome_tips_lead()];

  return (
    <div className="flex min-h-dvh flex-col bg-paper-2">
      <header className="flex items-center justify-between gap-4 p-4 md:px-8 md:py-6">
        <Logo className="size-8" />
        <Button variant="ghost" size="sm" onClick={leave}>
          {m.welcome_skip()}
        </Button>
      </header>
      <main className="mx-auto grid w-full max-w-lg flex-1 content-center gap-8 px-6 pb-16">
        <div>
          <ol aria-label={m.welcome_steps({ step, steps: STEPS })} className="mb-6 flex gap-1.5">
            {titles.map((title, index) => (
              <li
                key={title}
                aria-current={index + 1 === step ? 'step' : undefined}
                className={cn(
                  'h-1 w-10 rounded-full',
                  index < step ? 'bg-accent' : 'bg-line-strong/60',
                )}
              />
            ))}
          </ol>
          {/* Another step is another page to a screen reader. */}
          <PageTitle
            key={step}
            title={titles[step - 1] ?? ''}
            className="text-[1.625rem] leading-tight font-semibold text-balance"
          />
          <p className="mt-2 text-ink-2">{leads[step - 1]}</p>
        </div>
        {step === 1 && <LooksStep />}
        {step === 2 && (
          <FirstNoteStep formId={formId} noteId={noteId} onDone={() => go(3)} onBusy={setIsBusy} />
        )}
        {step === 3 && <TipsStep />}
        <div className="flex flex-wrap items-center justify-end gap-2">
          {step > 1 && (
            <Button variant="ghost" className="me-auto" onClick={() => go(step - 1)}>
              {m.common_back()}
            </Button>
          )}
          {step === 1 && (
            <Button variant="primary" size="lg" onClick={() => go(2)}>
              {m.welcome_next()}
            </Button>
          )}
          {step === 2 && (
            <>
              <Button variant="ghost" onClick={() => go(3)}>
                {m.welcome_skip_step()}
              </Button>
              <Button variant="primary" size="lg" type="submit" form={formId} isBusy={isBusy}>
                {m.welcome_next()}
              </Button>
            </>
          )}
          {step === 3 && (
            <Button variant="primary" size="lg" onClick={leave}>
              {noteId ? m.welcome_open_note() : m.welcome_start()}
            </Button>
          )}
        </div>
      </main>
    </div>
  );
}
