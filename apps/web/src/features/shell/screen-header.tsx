import { m } from '@ainotebook/messages';
import { PanelLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { usePreferences } from '../../lib/preferences.js';
import { IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { PageTitle } from '../../ui/page-title.js';
import { useUnreadCount } from '../notifications/notification-hooks.js';
import { useLayout } from './layout-context.js';
import { SHORTCUTS } from './shortcuts.js';

/** Top of the leftmost pane: its title, and the way to the sidebar where that is hidden. */
export function PaneHeader({ children }: { children: ReactNode }) {
  const { openSidebar } = useLayout();
  const { isSidebarCollapsed } = usePreferences();
  const hasUnread = useUnreadCount() > 0;
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 px-3 text-[1.0625rem] font-semibold md:px-4">
      <IconButton
        label={hasUnread ? m.notifications_sidebar_unread() : m.nav_open_sidebar()}
        shortcut={SHORTCUTS.toggleSidebar}
        onClick={openSidebar}
        className={cn('relative', !isSidebarCollapsed && 'lg:hidden')}
      >
        <PanelLeft />
        {hasUnread && (
          <span
            aria-hidden
            className="absolute end-1.5 top-1.5 size-2 rounded-full bg-accent max-md:end-2.5 max-md:top-2.5"
          />
        )}
      </IconButton>
      {children}
    </header>
  );
}

/** Top of a screen: its h1 and what can be done there. */
export function ScreenHeader({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <PaneHeader>
      <PageTitle title={title} className="min-w-0 flex-1 truncate ps-1" />
      {children}
    </PaneHeader>
  );
}
