import { m } from '@ainotebook/messages';
import { Link, Navigate, Outlet, useRouterState } from '@tanstack/react-router';
import {
  BadgeCheck,
  ChevronRight,
  Database,
  Keyboard,
  KeyRound,
  Languages,
  Palette,
  PenLine,
  ShieldCheck,
  UserRound,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { PaneHeader } from '../features/shell/screen-header.js';
import { cn } from '../ui/cn.js';
import { PageTitle } from '../ui/page-title.js';

const groups = () => [
  {
    title: m.settings_group_account(),
    pages: [
      { to: '/settings/profile', icon: <UserRound />, label: m.settings_profile() },
      { to: '/settings/security', icon: <ShieldCheck />, label: m.settings_security() },
      { to: '/settings/keys', icon: <KeyRound />, label: m.settings_keys() },
      { to: '/settings/language', icon: <Languages />, label: m.settings_language() },
      { to: '/settings/plan', icon: <BadgeCheck />, label: m.settings_plan() },
      { to: '/settings/data', icon: <Database />, label: m.settings_data() },
    ],
  },
  {
    title: m.settings_group_device(),
    pages: [
      { to: '/settings/appearance', icon: <Palette />, label: m.settings_appearance() },
      { to: '/settings/editor', icon: <PenLine />, label: m.settings_editor() },
      { to: '/settings/shortcuts', icon: <Keyboard />, label: m.shortcuts_title() },
    ],
  },
];

/** The list of settings beside the open page; on a phone one of the two. */
export function SettingsScreen() {
  const isList = useRouterState({
    select: ({ location }) => /^\/settings\/?$/.test(location.pathname),
  });
  return (
    <>
      <div
        className={cn(
          'w-full shrink-0 flex-col border-e border-line bg-paper-2 md:flex md:w-60',
          isList ? 'flex' : 'hidden',
        )}
      >
        <PaneHeader>
          {isList ? (
            <PageTitle title={m.nav_settings()} className="truncate" />
          ) : (
            <p className="truncate">{m.nav_settings()}</p>
          )}
        </PaneHeader>
        <nav aria-label={m.nav_settings()} className="min-h-0 flex-1 overflow-y-auto px-2 pb-6">
          {groups().map(({ title, pages }) => (
            <section key={title} className="mb-4">
              <h2 className="flex h-8 items-center ps-2.5 text-xs font-medium text-ink-3">
                {title}
              </h2>
              <ul className="grid gap-px">
                {pages.map(({ to, icon, label }) => (
                  <li key={to}>
                    <Link
                      to={to}
                      className="flex h-8 items-center gap-2.5 rounded-lg px-2.5 text-sm text-ink-2 hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong compact:h-7 max-md:h-12 [&>svg]:size-4 [&>svg]:shrink-0"
                    >
                      {icon}
                      <span className="flex-1 truncate">{label}</span>
                      <ChevronRight aria-hidden className="text-ink-3 md:hidden" />
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
      </div>
      <div className={cn('min-w-0 flex-1 bg-paper', isList ? 'hidden md:flex' : 'flex')}>
        <Outlet />
      </div>
    </>
  );
}

/** Where there is room for both, the list opens its first page. */
export function SettingsIndex(): ReactNode {
  const isWide = window.matchMedia('(min-width: 48rem)').matches;
  return isWide ? <Navigate to="/settings/profile" replace /> : null;
}
