import { m } from '@ainotebook/messages';
import { Outlet, useParams, useRouterState, useSearch } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense, useEffect, useState } from 'react';
import { useUser } from '../app-context.js';
import { useBulkAction } from '../features/articles/bulk-hooks.js';
import { useNewNote } from '../features/articles/use-new-note.js';
import { VerifyBanner } from '../features/auth/verify-banner.js';
import { NotebookSection } from '../features/notebooks/notebook-section.js';
import { NotificationBell } from '../features/notifications/notification-bell.js';
import { useOnboarding } from '../features/onboarding/progress.js';
import { type Layout, LayoutContext } from '../features/shell/layout-context.js';
import { SHORTCUTS, SINGLE_KEYS } from '../features/shell/shortcuts.js';
import { Sidebar } from '../features/shell/sidebar.js';
import { SidebarFrame } from '../features/shell/sidebar-frame.js';
import { SignOutDialog } from '../features/shell/sign-out-dialog.js';
import { useShortcuts } from '../features/shell/use-shortcuts.js';
import { TagSection } from '../features/tags/tag-section.js';
import { useIsAway } from '../lib/connection.js';
import { lazyPart } from '../lib/lazy-part.js';
import { getPreferences, setPreferences } from '../lib/preferences.js';
import { toggleTheme } from '../lib/theme.js';

const ResumeCard = lazyPart('ResumeCard', () => import('../features/onboarding/resume-card.js'));
const Palette = lazyPart('Palette', () => import('../features/search/palette.js'));
const AwayBanner = lazy<ComponentType>(() =>
  import('../features/offline/away-banner.js').then(
    ({ AwayBanner }) => ({ default: AwayBanner }),
    // Not on this device yet, and now it cannot be fetched.
    () => ({ default: () => null }),
  ),
);
const ShortcutDialog = lazyPart(
  'ShortcutDialog',
  () => import('../features/shell/shortcut-dialog.js'),
);

/** The sidebar stands beside the screen; narrower windows have it in a drawer. */
const hasRoomForSidebar = () => window.matchMedia('(min-width: 64rem)').matches;

/** What lies over the screen; one thing at a time. */
type Layer = 'drawer' | 'palette' | 'shortcuts' | 'sign-out' | null;

/** The frame of the signed-in app: sidebar, palette, window shortcuts. */
export function ShellScreen() {
  const [layer, setLayer] = useState<Layer>(null);
  const [isFocusMode, setIsFocusMode] = useState(() => getPreferences().isFocusedAtFirst);
  const search = useSearch({ strict: false });
  const { articleId } = useParams({ strict: false });
  const href = useRouterState({ select: (state) => state.location.href });
  const isAway = useIsAway();
  const isNew = useOnboarding(useUser().id) !== null;
  const newNote = useNewNote();
  const bulk = useBulkAction();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when the address changes
  useEffect(() => setLayer((open) => (open === 'drawer' ? null : open)), [href]);

  const startNote = (notebookId?: string) => {
    const target = notebookId ?? search.notebook ?? null;
    newNote({
      notebookId: target,
      tags: notebookId || !search.tag ? [] : [search.tag],
      filter: target ? { notebook: target } : search.tag ? { tag: search.tag } : {},
    });
  };
  const layout: Layout = {
    openSidebar() {
      setIsFocusMode(false);
      if (hasRoomForSidebar()) setPreferences({ isSidebarCollapsed: false });
      else setLayer('drawer');
    },
    closeSidebar() {
      if (hasRoomForSidebar()) setPreferences({ isSidebarCollapsed: true });
      else setLayer(null);
    },
    openPalette: () => setLayer('palette'),
    openShortcuts: () => setLayer('shortcuts'),
    isFocusMode: isFocusMode && articleId !== undefined,
    toggleFocusMode: () => setIsFocusMode((is) => !is),
  };
  const isSidebarShown = () =>
    layer === 'drawer' ||
    (hasRoomForSidebar() && !getPreferences().isSidebarCollapsed && !layout.isFocusMode);
  useShortcuts({
    [SHORTCUTS.search]: layout.openPalette,
    [SHORTCUTS.newNote]: () => startNote(),
    [SHORTCUTS.focusMode]: layout.toggleFocusMode,
    [SHORTCUTS.toggleSidebar]: () =>
      isSidebarShown() ? layout.closeSidebar() : layout.openSidebar(),
    [SHORTCUTS.toggleTheme]: toggleTheme,
    [SHORTCUTS.showShortcuts]: layout.openShortcuts,
    [SINGLE_KEYS.search]: layout.openPalette,
    [SINGLE_KEYS.newNote]: () => startNote(),
    [SINGLE_KEYS.showShortcuts]: layout.openShortcuts,
  });
  const close = () => setLayer(null);

  return (
    <LayoutContext value={layout}>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-paper focus:px-4 focus:py-2 focus:shadow-pop"
      >
        {m.page_skip_to_content()}
      </a>
      <div className="flex h-dvh overflow-hidden">
        <SidebarFrame
          isHidden={layout.isFocusMode}
          isDrawerOpen={layer === 'drawer'}
          onDrawer={(isOpen) => setLayer(isOpen ? 'drawer' : null)}
        >
          <Sidebar
            bell={<NotificationBell />}
            onNewNote={() => startNote()}
            onSignOut={() => setLayer('sign-out')}
            footer={
              isNew && (
                <Suspense fallback={null}>
                  <ResumeCard />
                </Suspense>
              )
            }
          >
            <NotebookSection
              selectedId={search.notebook}
              onNewNote={startNote}
              onDropNotes={(notebookId, ids) => bulk.mutate({ action: 'move', ids, notebookId })}
            />
            <TagSection selected={search.tag} />
          </Sidebar>
        </SidebarFrame>
        <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          {isAway && (
            <Suspense fallback={null}>
              <AwayBanner />
            </Suspense>
          )}
          {!layout.isFocusMode && <VerifyBanner />}
          <div className="flex min-h-0 flex-1">
            <Outlet />
          </div>
        </main>
      </div>
      <Suspense fallback={null}>
        {layer === 'palette' && (
          <Palette onClose={close} onNewNote={(title) => newNote({ title })} />
        )}
        {layer === 'shortcuts' && <ShortcutDialog onClose={close} />}
      </Suspense>
      {layer === 'sign-out' && <SignOutDialog onClose={close} />}
    </LayoutContext>
  );
}
