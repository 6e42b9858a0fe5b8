import { m } from '@ainotebook/messages';
import { Link, useRouterState } from '@tanstack/react-router';
import {
  Archive,
  CloudUpload,
  Files,
  Globe,
  House,
  PanelLeftClose,
  Search,
  Sparkles,
  SquarePen,
  Trash2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { ariaShortcut, shortcutLabel } from '../../lib/keys.js';
import { IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { useWaiting } from '../editor/use-outbox.js';
import { useLayout } from './layout-context.js';
import { SHORTCUTS } from './shortcuts.js';
import { UserMenu } from './user-menu.js';

interface SidebarProps {
  /** The way to the notifications. */
  bell: ReactNode;
  /** Notebook and tag trees. */
  children: ReactNode;
  /** What stays in view below them. */
  footer: ReactNode;
  onNewNote: () => void;
  onSignOut: () => void;
}

export function Sidebar({ bell, children, footer, onNewNote, onSignOut }: SidebarProps) {
  const { openPalette, openShortcuts, closeSidebar } = useLayout();
  return (
    <div className="flex h-full flex-col bg-paper-3">
      <div className="flex items-center gap-1 p-2">
        <UserMenu onSignOut={onSignOut} onShortcuts={openShortcuts} />
        {bell}
        <IconButton
          label={m.nav_close_sidebar()}
          shortcut={SHORTCUTS.toggleSidebar}
          onClick={closeSidebar}
        >
          <PanelLeftClose />
        </IconButton>
      </div>
      <div className="grid gap-px px-2">
        <SideButton icon={<Search />} shortcut={SHORTCUTS.search} onClick={openPalette}>
          {m.nav_search()}
        </SideButton>
        <SideButton icon={<SquarePen />} shortcut={SHORTCUTS.newNote} onClick={onNewNote}>
          {m.nav_new_note()}
        </SideButton>
      </div>
      <nav
        aria-label={m.nav_label()}
        className="mt-3 grid min-h-0 flex-1 content-start gap-4 overflow-y-auto px-2 pb-4"
      >
        <ul className="grid gap-px">
          <SideLink to="/home" icon={<House />}>
            {m.nav_home()}
          </SideLink>
          <SideLink to="/notes" icon={<Files />}>
            {m.nav_all()}
          </SideLink>
          <SideLink to="/chat/{-$conversationId}" icon={<Sparkles />}>
            {m.nav_chat()}
          </SideLink>
          <SideLink to="/published" icon={<Globe />}>
            {m.nav_published()}
          </SideLink>
          <SideLink to="/notes" view="archived" icon={<Archive />}>
            {m.nav_archived()}
          </SideLink>
          <SideLink to="/notes" view="trash" icon={<Trash2 />}>
            {m.nav_trash()}
          </SideLink>
        </ul>
        {children}
      </nav>
      {footer}
      <PendingNote />
    </div>
  );
}

const ROW =
  'flex h-8 w-full items-center gap-2.5 rounded-lg px-2.5 text-sm compact:h-7 max-md:h-11 [&_svg]:size-4 [&_svg]:shrink-0';

function SideButton(props: {
  icon: ReactNode;
  shortcut: string;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      onClick={props.onClick}
      aria-keyshortcuts={ariaShortcut(props.shortcut)}
      className={cn(ROW, 'text-ink-2 hover:bg-hover hover:text-ink [&_svg]:text-ink-3')}
    >
      {props.icon}
      <span className="flex-1 truncate text-start">{props.children}</span>
      <kbd className="font-sans text-xs text-ink-3 pointer-coarse:hidden">
        {shortcutLabel(props.shortcut)}
      </kbd>
    </button>
  );
}

interface SideLinkProps {
  to: '/home' | '/notes' | '/chat/{-$conversationId}' | '/published';
  view?: 'trash' | 'archived';
  icon: ReactNode;
  children: ReactNode;
}

function SideLink({ to, view, icon, children }: SideLinkProps) {
  const isCurrent = useRouterState({
    select: ({ location }) => {
      const search: { view?: string; notebook?: string; tag?: string } = location.search;
      if (!location.pathname.startsWith(to.replace('/{-$conversationId}', ''))) return false;
      return to !== '/notes' || (search.view === view && !search.notebook && !search.tag);
    },
  });
  return (
    <li>
      <Link
        to={to}
        // What is not named the router takes from where one is.
        params={{ conversationId: undefined }}
        search={view ? { view } : {}}
        // By itself it takes every address below for its own.
        activeOptions={{ exact: true }}
        aria-current={isCurrent ? 'page' : undefined}
        className={cn(
          ROW,
          isCurrent
            ? 'bg-accent-soft text-accent-strong'
            : 'text-ink-2 hover:bg-hover [&_svg]:text-ink-3',
        )}
      >
        {icon}
        <span className="truncate">{children}</span>
      </Link>
    </li>
  );
}

/** Says that some text stays on this device for now, and leads to it. */
function PendingNote() {
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <Link
      to="/sync"
      className="m-2 flex items-center gap-2.5 rounded-lg bg-warn-soft px-3 py-2 text-[0.8125rem] text-warn max-md:min-h-11"
    >
      <CloudUpload aria-hidden className="size-4 shrink-0" />
      {m.sync_pending({ count: waiting })}
    </Link>
  );
}
