import './styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Fragment, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { type App, AppContext, useSession } from './app-context.js';
import { createApp, reloadOnStaleChunks, wire } from './bootstrap.js';
import { initLocale, useLocale } from './lib/locale.js';
import { watchPreferences } from './lib/preferences.js';
import { watchTheme } from './lib/theme.js';
import { createAppRouter, loadSyncScreen } from './routes.js';
import { UnreachableScreen } from './screens/root.js';
import { createLinks, trpc } from './trpc.js';

type AppRouter = ReturnType<typeof createAppRouter>;

function Root({ app, router }: { app: App; router: AppRouter }) {
  const state = useSession();
  const userId = state.status === 'signed-in' ? state.user.id : null;
  const { status } = state;
  useEffect(() => {
    // Leaves screens that need a session, and the sign-in screen once there is one.
    if (status === 'signed-in' || status === 'signed-out') void router.invalidate();
  }, [router, status]);
  if (state.status === 'loading') return null;
  if (state.status === 'unreachable') {
    return <UnreachableScreen error={state.error} onRetry={() => void app.session.start()} />;
  }
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

initLocale();
watchTheme();
watchPreferences();
reloadOnStaleChunks();
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
          <Localized app={app} router={router} />
        </QueryClientProvider>
      </trpc.Provider>
    </AppContext>
  </StrictMode>,
);
wire(app);
const stopWaiting = app.session.subscribe(() => {
  if (app.session.getState().status !== 'signed-in') return;
  stopWaiting();
  setTimeout(loadSyncScreen, SYNC_SCREEN_AFTER_MS);
});
void app.session.start();
