import { Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense, useState, useSyncExternalStore } from 'react';
import { lazyPart } from '../lib/lazy-part.js';
import { hasToasts, onToast } from '../ui/toast.js';

const Toaster = lazyPart('Toaster', () => import('../ui/toaster.js'));

/** What is around every screen: the progress of a slow one, and notices. */
export function RootScreen() {
  const isLoading = useRouterState({ select: (state) => state.status === 'pending' });
  return (
    <>
      {isLoading && <div aria-hidden className="progress" />}
      <Outlet />
      <Toasts />
    </>
  );
}

function Toasts() {
  const isAsked = useSyncExternalStore(onToast, hasToasts);
  const [isMounted, setIsMounted] = useState(isAsked);
  if (isAsked && !isMounted) setIsMounted(true);
  return <Suspense fallback={null}>{isMounted && <Toaster />}</Suspense>;
}
