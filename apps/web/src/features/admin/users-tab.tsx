import type { AdminUser } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { keepPreviousData } from '@tanstack/react-query';
import {
  BadgeCheck,
  Ban,
  CircleCheck,
  Ellipsis,
  KeyRound,
  ShieldCheck,
  ShieldOff,
  Trash2,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useUser } from '../../app-context.js';
import { relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { useDebounced } from '../../lib/use-debounced.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { IconButton } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { inputClass } from '../../ui/field.js';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.js';
import { PagedList } from '../../ui/paged-list.js';
import { LinkDialog } from './link-dialog.js';

interface UsersTabProps {
  /** The dialog of what somebody was given, for the screen to put in. */
  grants: (user: AdminUser, onClose: () => void) => ReactNode;
}

export function UsersTab({ grants }: UsersTabProps) {
  const [granting, setGranting] = useState<AdminUser | null>(null);
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 200) ?? '';
  const query = trpc.admin.users.list.useInfiniteQuery(
    { limit: 50, ...(q ? { q } : {}) },
    { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
  );
  return (
    <div className="grid gap-4">
      <input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={m.admin_find_user()}
        aria-label={m.admin_find_user()}
        className={`${inputClass} h-10 max-w-sm`}
      />
      <PagedList query={query} empty={<p className="text-sm text-ink-3">{m.admin_no_user()}</p>}>
        {(user) => <UserRow key={user.id} user={user} onGrants={() => setGranting(user)} />}
      </PagedList>
      {granting && grants(granting, () => setGranting(null))}
    </div>
  );
}

function UserRow({ user, onGrants }: { user: AdminUser; onGrants: () => void }) {
  const me = useUser();
  const utils = trpc.useUtils();
  const [isDeleting, setIsDeleting] = useState(false);
  const settled = { onError: toastError, onSettled: () => utils.admin.users.list.invalidate() };
  const setStatus = trpc.admin.users.setStatus.useMutation(settled);
  const setRole = trpc.admin.users.setRole.useMutation(settled);
  const remove = trpc.admin.users.delete.useMutation(settled);
  const resetLink = trpc.admin.users.createResetLink.useMutation({ onError: toastError });
  const isSuspended = user.status === 'suspended';
  const isAdmin = user.role === 'admin';
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {user.displayName}
          {isAdmin && <Badge tone="accent">{m.admin_role_admin()}</Badge>}
          {isSuspended && <Badge tone="danger">{m.admin_suspended()}</Badge>}
          {user.id === me.id && <Badge>{m.admin_you()}</Badge>}
        </p>
        <p className="flex flex-wrap gap-x-3 text-[0.8125rem] text-ink-3">
          <span className="truncate">{user.email}</span>
          <span>{m.count_notes({ count: user.articleCount })}</span>
          <span>
            {user.lastLoginAt
              ? m.admin_last_login({ time: relativeTime(user.lastLoginAt) })
              : m.admin_never_signed_in()}
          </span>
        </p>
      </div>
      <Menu
        trigger={
          <IconButton label={m.admin_actions({ name: user.displayName })}>
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem icon={<KeyRound />} onSelect={() => resetLink.mutate({ id: user.id })}>
          {m.admin_reset_link()}
        </MenuItem>
        <MenuItem icon={<BadgeCheck />} onSelect={onGrants}>
          {m.admin_user_plan()}
        </MenuItem>
        <MenuItem
          icon={isAdmin ? <ShieldOff /> : <ShieldCheck />}
          isDisabled={user.id === me.id}
          onSelect={() => setRole.mutate({ id: user.id, role: isAdmin ? 'user' : 'admin' })}
        >
          {isAdmin ? m.admin_make_user() : m.admin_make_admin()}
        </MenuItem>
        <MenuItem
          icon={isSuspended ? <CircleCheck /> : <Ban />}
          isDisabled={user.id === me.id}
          onSelect={() =>
            setStatus.mutate({ id: user.id, status: isSuspended ? 'active' : 'suspended' })
          }
        >
          {isSuspended ? m.admin_unsuspend() : m.admin_suspend()}
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon={<Trash2 />}
          isDanger
          isDisabled={user.id === me.id}
          onSelect={() => setIsDeleting(true)}
        >
          {m.common_delete()}
        </MenuItem>
      </Menu>
      {resetLink.data && (
        <LinkDialog
          title={m.admin_reset_link()}
          link={resetLink.data}
          onClose={() => resetLink.reset()}
        />
      )}
      <ConfirmDialog
        isOpen={isDeleting}
        onClose={() => setIsDeleting(false)}
        title={m.settings_delete_title({ email: user.email })}
        description={m.admin_delete_text({ count: user.articleCount })}
        confirmLabel={m.common_delete()}
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate({ id: user.id }, { onSettled: () => setIsDeleting(false) })}
      />
    </li>
  );
}
