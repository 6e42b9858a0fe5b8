import { m } from '@ainotebook/messages';
import { Outlet, useParams, useRouterState, useSearch } from '@tanstack/react-router';
import { Dialog as Radix } from 'radix-ui';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useNewNote } from '../features/articles/use-new-note.js';
import { VerifyBanner } from '../features/auth/verify-banner.js';
import { NotebookSection } from '../features/notebooks/notebook-section.js';
import { NotificationBell } from '../features/notifications/notification-bell.js';
import { type Layout, LayoutContext } from '../features/shell/layout-context.js';
import { Sidebar } from '../features/shell/sidebar.js';
import { SignOutDialog } from '../features/shell/sign-out-dialog.js';
import { useShortcuts } from '../features/shell/use-shortcuts.js';
import { TagSection } from '../features/tags/tag-section.js';
import { setTheme } from '../lib/theme.js';

const loadPalette = () => import('../features/search/palette.js');
const Palette = lazy(() => loadPalette().then(({ Palette }) => ({ default: Palette })));

/** The frame of the signed-in app: sidebar, palette, window shortcuts. */
export function ShellScreen() {
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const [isPaletteOpen, setIsPaletteOpen] = useState(false);
  const [isFocusMode, setIsFocusMode] = useState(false);
  const [isSigningOut, setIsSigningOut] = useState(false);
  const search = useSearch({ strict: false });
  const { articleId } = useParams({ strict: false });
  const href = useRouterState({ select: (state) => state.location.href });
  const newNote = useNewNote();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when the address changes
  useEffect(() => setIsDrawerOpen(false), [href]);

  const startNote = (notebookId?: string) => {
    const target = notebookId ?? search.notebook ?? null;
    newNote({
      notebookId: target,
      tags: notebookId || !search.tag ? [] : [search.tag],
      filter: target ? { notebook: target } : search.tag ? { tag: search.tag } : {},
    });
  };
  const toggleFocusMode = () => setIsFocusMode((is) => !is);
  useShortcuts({
    'mod+k': () => setIsPaletteOpen(true),
    'mod+alt+n': () => startNote(),
    'mod+.': toggleFocusMode,
    'mod+shift+l': () =>
      setTheme(document.documentElement.classList.contains('dark') ? 'light' : 'dark'),
  });

  const layout: Layout = {
    openDrawer: () => {
      setIsFocusMode(false);
      setIsDrawerOpen(true);
    },
    openPalette: () => {
      setIsDrawerOpen(false);
      setIsPaletteOpen(true);
    },
    isFocusMode: isFocusMode && articleId !== undefined,
    toggleFocusMode,
  };
  const sidebar = (
    <Sidebar
      bell={<NotificationBell />}
      onNewNote={() => startNote()}
      onSignOut={() => setIsSigningOut(true)}
    >
      <NotebookSection selectedId={search.notebook} onNewNote={startNote} />
      <TagSection selected={search.tag} />
    </Sidebar>
  );

  return (
    <LayoutContext value={layout}>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-paper focus:px-4 focus:py-2 focus:shadow-pop"
      >
        {m.page_skip_to_content()}
      </a>
      <div className="flex h-dvh overflow-hidden">
        {!layout.isFocusMode && (
          <aside
            aria-label={m.nav_sidebar()}
            className="hidden w-62 shrink-0 border-e border-line lg:block"
          >
            {sidebar}
          </aside>
        )}
        <main id="main" className="flex min-w-0 flex-1 flex-col">
          {!layout.isFocusMode && <VerifyBanner />}
          <div className="flex min-h-0 flex-1">
            <Outlet />
          </div>
        </main>
      </div>
      <Radix.Root open={isDrawerOpen} onOpenChange={setIsDrawerOpen}>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/35 lg:hidden dark:bg-black/55" />
          <Radix.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 start-0 z-50 w-[min(18.5rem,86vw)] animate-drawer border-e border-line shadow-pop focus:outline-none lg:hidden"
          >
            <Radix.Title className="sr-only">{m.nav_sidebar()}</Radix.Title>
            {sidebar}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
      {isPaletteOpen && (
        <Suspense fallback={null}>
          <Palette
            onClose={() => setIsPaletteOpen(false)}
            onNewNote={(title) => newNote({ title })}
          />
        </Suspense>
      )}
      {isSigningOut && <SignOutDialog onClose={() => setIsSigningOut(false)} />}
    </LayoutContext>
  );
}
