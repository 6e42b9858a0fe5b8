import { m } from '@ainotebook/messages';
import { useNavigate } from '@tanstack/react-router';
import {
  BadgeCheck,
  ChevronsUpDown,
  Keyboard,
  LogOut,
  Monitor,
  Moon,
  Settings,
  ShieldCheck,
  Sun,
} from 'lucide-react';
import { useUser } from '../../app-context.js';
import { shortcutLabel } from '../../lib/keys.js';
import { setTheme, type Theme, useTheme } from '../../lib/theme.js';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.js';
import { SHORTCUTS } from './shortcuts.js';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

interface UserMenuProps {
  onSignOut: () => void;
  onShortcuts: () => void;
}

export function UserMenu({ onSignOut, onShortcuts }: UserMenuProps) {
  const user = useUser();
  const theme = useTheme();
  const navigate = useNavigate();
  const themes = {
    system: { icon: <Monitor />, label: m.theme_system() },
    light: { icon: <Sun />, label: m.theme_light() },
    dark: { icon: <Moon />, label: m.theme_dark() },
  };
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          className="flex h-10 min-w-0 flex-1 items-center gap-2.5 rounded-lg px-2 text-start hover:bg-hover data-[state=open]:bg-hover max-md:h-11"
        >
          <span
            aria-hidden
            className="grid size-6 shrink-0 place-items-center rounded-md bg-accent text-xs font-semibold text-on-accent"
          >
            {[...user.displayName][0]?.toUpperCase()}
          </span>
          <span className="truncate text-sm font-medium">{user.displayName}</span>
          <ChevronsUpDown aria-hidden className="ms-auto size-3.5 shrink-0 text-ink-3" />
        </button>
      }
    >
      <p className="max-w-60 truncate px-2.5 py-1.5 text-xs text-ink-3">{user.email}</p>
      <MenuItem icon={<Settings />} onSelect={() => void navigate({ to: '/settings' })}>
        {m.nav_settings()}
      </MenuItem>
      <MenuItem icon={<BadgeCheck />} onSelect={() => void navigate({ to: '/pricing' })}>
        {m.nav_plans()}
      </MenuItem>
      {user.role === 'admin' && (
        <MenuItem icon={<ShieldCheck />} onSelect={() => void navigate({ to: '/admin' })}>
          {m.nav_admin()}
        </MenuItem>
      )}
      <MenuItem
        icon={<Keyboard />}
        shortcut={shortcutLabel(SHORTCUTS.showShortcuts)}
        onSelect={onShortcuts}
      >
        {m.shortcuts_title()}
      </MenuItem>
      <MenuItem icon={themes[theme].icon} onSelect={() => setTheme(NEXT[theme])}>
        {m.theme_now({ theme: themes[theme].label })}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<LogOut />} onSelect={onSignOut}>
        {m.auth_sign_out()}
      </MenuItem>
    </Menu>
  );
}
