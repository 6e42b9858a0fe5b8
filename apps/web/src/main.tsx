import './styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Fragment, StrictMode, useCallback, useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { type App, AppContext, useSession } from './app-context.js';
import { createApp, wire } from './bootstrap.js';
import { goLive } from './features/live/go-live.js';
import type { ErrorInfo } from './lib/errors.js';
import { initLocale, useLocale } from './lib/locale.js';
import { watchPreferences } from './lib/preferences.js';
import { watchTheme } from './lib/theme.js';
import { createAppRouter, loadSyncScreen } from './routes.js';
import { CrashBoundary } from './screens/crash-boundary.js';
import { Splash } from './screens/splash.js';
import { UnreachableScreen } from './screens/system.js';
import { createLinks, trpc } from './trpc.js';
import { watchFocus } from './ui/return-focus.js';

type AppRouter = ReturnType<typeof createAppRouter>;

function Root({ app, router }: { app: App; router: AppRouter }) {
  const state = useSession();
  const userId = state.status === 'signed-in' ? state.user.id : null;
  const { status } = state;
  useEffect(() => {
    // Leaves screens that need a session, and the sign-in screen once there is one.
    if (status === 'signed-in' || status === 'signed-out') void router.invalidate();
  }, [router, status]);
  // While it is tried again the screen stays.
  const failure = useRef<ErrorInfo | null>(null);
  if (state.status === 'unreachable') failure.current = state.error;
  else if (state.status !== 'loading') failure.current = null;
  const retry = useCallback(() => void app.session.start(), [app]);
  if (failure.current) {
    const isTrying = state.status === 'loading';
    return <UnreachableScreen error={failure.current} isTrying={isTrying} onRetry={retry} />;
  }
  if (state.status === 'loading') return <Splash />;
  return <RouterProvider key={userId} router={router} />;
}

function Localized({ app, router }: { app: App; router: AppRouter }) {
  // Words are plain functions: another language draws everything anew.
  const locale = useLocale();
  return (
    <Fragment key={locale}>
      <Root app={app} router={router} />
    </Fragment>
  );
}

/** The first screen comes first. */
const SYNC_SCREEN_AFTER_MS = 3000;
const LIVE_AFTER_MS = 500;

initLocale();
watchTheme();
watchPreferences();
watchFocus();
const app = createApp();
const router = createAppRouter(app);
const trpcClient = trpc.createClient({ links: createLinks(app.session) });
const container = document.getElementById('root');
if (!container) throw new Error('the page has no #root');
createRoot(container).render(
  <StrictMode>
    <AppContext value={app}>
      <trpc.Provider client={trpcClient} queryClient={app.queryClient}>
        <QueryClientProvider client={app.queryClient}>
          <CrashBoundary>
            <Localized app={app} router={router} />
          </CrashBoundary>
        </QueryClientProvider>
      </trpc.Provider>
    </AppContext>
  </StrictMode>,
);
// From here on faults have their own screens, not that of boot.js.
document.documentElement.dataset.isStarted = '';
wire(app);
const stopWaiting = app.session.subscribe(() => {
  if (app.session.getState().status !== 'signed-in') return;
  stopWaiting();
  setTimeout(loadSyncScreen, SYNC_SCREEN_AFTER_MS);
  setTimeout(() => void goLive(app), LIVE_AFTER_MS);
});
void app.session.start();
