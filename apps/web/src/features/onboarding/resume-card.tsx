import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Sparkles, X } from 'lucide-react';
import { useUser } from '../../app-context.js';
import { IconButton } from '../../ui/button.js';
import { onboarding, STEPS, useOnboarding } from './progress.js';

/** The way back to the first steps, for whoever left them half-way. */
export function ResumeCard() {
  const progress = useOnboarding(useUser().id);
  if (!progress) return null;
  return (
    <div className="m-2 flex items-center rounded-lg border border-line bg-paper pe-1">
      <Link
        to="/welcome"
        className="flex min-w-0 flex-1 items-center gap-2.5 rounded-lg px-3 py-2 text-[0.8125rem] hover:text-accent-strong"
      >
        <Sparkles aria-hidden className="size-4 shrink-0 text-accent" />
        <span className="truncate">{m.welcome_resume({ step: progress.step, steps: STEPS })}</span>
      </Link>
      <IconButton label={m.welcome_skip()} onClick={onboarding.finish} className="size-7">
        <X />
      </IconButton>
    </div>
  );
}
