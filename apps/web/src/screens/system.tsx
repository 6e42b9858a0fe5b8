import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Download, RotateCw } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useApp } from '../app-context.js';
import type { Draft } from '../features/editor/save-types.js';
import { downloadDrafts } from '../lib/download.js';
import { type ErrorInfo, errorText } from '../lib/errors.js';
import { useCountdown } from '../lib/use-countdown.js';
import { Button, buttonClass } from '../ui/button.js';
import { Logo } from '../ui/logo.js';
import { PageTitle } from '../ui/page-title.js';

interface SystemPageProps {
  title: string;
  children: ReactNode;
  /** What can be done, the likeliest first. */
  actions?: ReactNode;
  /** For whoever looks into it. */
  detail?: ReactNode;
  /** Within the frame of the signed-in app, which has the page's main part. */
  isInside?: boolean;
}

/** A page that says in plain words what is wrong and what to do. */
export function SystemPage({ title, children, actions, detail, isInside }: SystemPageProps) {
  const Frame = isInside ? 'div' : 'main';
  return (
    <Frame
      className={`grid flex-1 place-content-center justify-items-center gap-3 bg-paper p-6 text-center ${isInside ? '' : 'min-h-dvh'}`}
    >
      <Logo className="mb-2 size-10" />
      <PageTitle title={title} className="text-xl font-semibold text-balance" />
      <div className="max-w-md text-ink-2">{children}</div>
      {actions && <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
      {detail && (
        <div className="mt-2 max-w-md font-mono text-xs break-words text-ink-3">{detail}</div>
      )}
    </Frame>
  );
}

const HomeLink = () => (
  <Link to="/notes" search={{}} className={buttonClass({ variant: 'primary' })}>
    {m.not_found_home()}
  </Link>
);

export function NotFoundScreen() {
  return (
    <SystemPage title={m.page_not_found_title()} actions={<HomeLink />}>
      {m.not_found_text()}
    </SystemPage>
  );
}

/** An address that exists and is not for this account. */
export function NoAccessScreen() {
  return (
    <SystemPage isInside title={m.no_access_title()} actions={<HomeLink />}>
      {m.no_access_text()}
    </SystemPage>
  );
}

/** Offers the texts that only this device has, when there are any. */
export function DraftRescue() {
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

export const ReloadButton = () => (
  <Button variant="primary" onClick={() => window.location.reload()}>
    <RotateCw aria-hidden className="size-4" />
    {m.crash_reload()}
  </Button>
);

/** The words for a fault of ours, wherever it was caught. */
export function CrashPage({
  error,
  onRetry,
  isInside,
}: {
  error: unknown;
  onRetry?: () => void;
  isInside?: boolean;
}) {
  return (
    <SystemPage
      isInside={isInside}
      title={m.crash_title()}
      actions={
        <>
          <ReloadButton />
          {onRetry && <Button onClick={onRetry}>{m.common_retry()}</Button>}
          <DraftRescue />
        </>
      }
      detail={
        <details>
          <summary className="min-h-6 cursor-pointer font-sans">{m.crash_detail()}</summary>
          <p className="mt-2 select-all">
            {error instanceof Error ? error.message : String(error)}
          </p>
        </details>
      }
    >
      {m.crash_text()}
    </SystemPage>
  );
}

/** Without a word from the server how long it takes, this long between two tries. */
const PAUSE_MS = 10_000;

interface UnreachableProps {
  /** What came of the last try; another one starts another wait. */
  error: ErrorInfo;
  isTrying: boolean;
  onRetry: () => void;
}

/** The app started and the server did not answer: no network, or the server is being worked on. */
export function UnreachableScreen({ error, isTrying, onRetry }: UnreachableProps) {
  const isAway = error.code === 'network';
  const retryAt = useMemo(() => Date.now() + (error.retryAfterMs ?? PAUSE_MS), [error]);
  const seconds = useCountdown(retryAt);
  useEffect(() => {
    if (seconds === 0) onRetry();
  }, [seconds, onRetry]);
  useEffect(() => {
    window.addEventListener('online', onRetry);
    return () => window.removeEventListener('online', onRetry);
  }, [onRetry]);
  return (
    <SystemPage
      title={
        isAway
          ? navigator.onLine
            ? m.unreachable_title()
            : m.offline_title()
          : m.maintenance_title()
      }
      actions={
        <>
          <Button variant="primary" isBusy={isTrying} onClick={onRetry}>
            {m.unreachable_retry()}
          </Button>
          <DraftRescue />
        </>
      }
      detail={error.requestId && m.common_request_id({ requestId: error.requestId })}
    >
      <p>{isAway ? m.unreachable_text() : errorText(error.code)}</p>
      <p role="timer" className="mt-1 text-sm text-ink-3 tabular-nums">
        {m.unreachable_wait({ seconds })}
      </p>
    </SystemPage>
  );
}
