import { m } from '@ainotebook/messages';
import { type ErrorComponentProps, Link, Outlet } from '@tanstack/react-router';
import { Download, RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Toaster } from 'sonner';
import { useApp } from '../app-context.js';
import type { Draft } from '../features/editor/save-types.js';
import { downloadDrafts } from '../lib/download.js';
import { useTheme } from '../lib/theme.js';
import { Button } from '../ui/button.js';
import { Logo } from '../ui/logo.js';
import { PageTitle } from '../ui/page-title.js';
import { ErrorBlock } from '../ui/states.js';

const TOAST = {
  style: {
    background: 'var(--paper)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '12px',
    boxShadow: 'var(--shadow-pop)',
    fontFamily: 'inherit',
    fontSize: '0.875rem',
  },
  actionButtonStyle: {
    background: 'var(--accent)',
    color: 'var(--on-accent)',
    borderRadius: '8px',
    height: '28px',
    paddingInline: '10px',
  },
};

export function RootScreen() {
  const theme = useTheme();
  return (
    <>
      <Outlet />
      <Toaster
        theme={theme}
        position="bottom-center"
        closeButton
        containerAriaLabel={m.toast_region()}
        toastOptions={TOAST}
      />
    </>
  );
}

function Centered({ children }: { children: React.ReactNode }) {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-4 p-6 text-center">
      <Logo className="size-10" />
      {children}
    </main>
  );
}

export function NotFoundScreen() {
  return (
    <Centered>
      <PageTitle title={m.page_not_found_title()} className="text-xl font-semibold" />
      <p className="text-ink-2">{m.not_found_text()}</p>
      <Link to="/notes" search={{}} className="text-accent underline underline-offset-4">
        {m.not_found_home()}
      </Link>
    </Centered>
  );
}

function DraftRescue() {
  const { sync } = useApp();
  const [drafts, setDrafts] = useState<Draft[]>([]);
  useEffect(() => {
    void sync.drafts().then(setDrafts);
  }, [sync]);
  if (drafts.length === 0) return null;
  return (
    <Button onClick={() => downloadDrafts(drafts)}>
      <Download aria-hidden className="size-4" />
      {m.crash_download({ count: drafts.length })}
    </Button>
  );
}

/** A fault of ours: never a blank page, and the text is still at hand. */
export function CrashScreen({ error, reset }: ErrorComponentProps) {
  return (
    <Centered>
      <PageTitle title={m.crash_title()} className="text-xl font-semibold" />
      <p className="max-w-md text-ink-2">{m.crash_text()}</p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button variant="primary" onClick={() => window.location.reload()}>
          <RotateCw aria-hidden className="size-4" />
          {m.crash_reload()}
        </Button>
        <Button onClick={reset}>{m.common_retry()}</Button>
        <DraftRescue />
      </div>
      <p className="max-w-md font-mono text-xs text-ink-3">
        {error instanceof Error ? error.message : String(error)}
      </p>
    </Centered>
  );
}

/** The app started and the server did not answer. */
export function UnreachableScreen({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Centered>
      <PageTitle title={m.unreachable_title()} className="text-xl font-semibold" />
      <ErrorBlock error={error} onRetry={onRetry} className="py-2" />
    </Centered>
  );
}
