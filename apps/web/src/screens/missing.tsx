import { m } from '@ainotebook/messages';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense, use, useEffect, useState } from 'react';
import { useApp } from '../app-context.js';
import { LayoutContext } from '../features/shell/layout-context.js';
import { isChunkError, mayReload } from '../lib/chunks.js';
import { connection, useIsAway } from '../lib/connection.js';
import { Button } from '../ui/button.js';
import type { NotOnDeviceProps } from './not-on-device.js';
import { CrashPage, DraftRescue, ReloadButton, SystemPage } from './system.js';

/** Whatever went wrong in a screen: never a blank page, and the text is still at hand. */
export function CrashScreen({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const isInside = use(LayoutContext) !== null;
  const retry = () => {
    reset();
    // Fetches again what could not be fetched.
    void router.invalidate();
  };
  return isChunkError(error) ? (
    <MissingPartScreen isInside={isInside} onRetry={retry} />
  ) : (
    <CrashPage isInside={isInside} error={error} onRetry={retry} />
  );
}

/** What was never opened on this device, and cannot be while the server is away. */
export const NotOnDevice = lazy<ComponentType<NotOnDeviceProps>>(() =>
  import('./not-on-device.js').then(
    ({ NotOnDevice }) => ({ default: NotOnDevice }),
    // Not on this device itself.
    () => ({ default: AwayPage }),
  ),
);

function AwayPage({ onRetry, isInside = true }: { onRetry: () => void; isInside?: boolean }) {
  return (
    <SystemPage
      isInside={isInside}
      title={m.offline_title()}
      actions={
        <>
          <Button variant="primary" onClick={onRetry}>
            {m.common_retry()}
          </Button>
          <DraftRescue />
        </>
      }
    >
      {m.offline_part_text()}
    </SystemPage>
  );
}

/**
 * A part of the app could not be fetched. A server that answers has a new version: the page is loaded
 * anew by itself, once, unless that could cost text; after that there is a button.
 */
function MissingPartScreen({ onRetry, isInside }: { onRetry: () => void; isInside: boolean }) {
  const { sync } = useApp();
  // Once without a server the page is asked for again, not loaded anew.
  const [wasAway, setWasAway] = useState(!navigator.onLine);
  const isAway = useIsAway() || wasAway;
  const [isReloading, setIsReloading] = useState(
    () => !isAway && sync.getPending() === 0 && !sync.isUnprotected() && mayReload(),
  );
  useEffect(() => {
    if (!isReloading) return;
    // Loaded anew without a server there would be nothing at all. No worker answers this kind.
    fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
      () => window.location.reload(),
      () => {
        connection.set(true);
        setIsReloading(false);
      },
    );
  }, [isReloading]);
  useEffect(() => {
    if (!isAway) return;
    setWasAway(true);
    connection.set(true);
  }, [isAway]);
  if (isReloading) return null;
  if (isAway && isInside)
    return (
      <Suspense fallback={null}>
        <NotOnDevice what="page" onRetry={onRetry} />
      </Suspense>
    );
  if (isAway) return <AwayPage isInside={false} onRetry={onRetry} />;
  return (
    <SystemPage
      isInside={isInside}
      title={m.version_title()}
      actions={
        <>
          <ReloadButton />
          <DraftRescue />
        </>
      }
    >
      {m.version_text()}
    </SystemPage>
  );
}
