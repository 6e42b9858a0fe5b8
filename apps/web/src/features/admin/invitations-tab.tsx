import type { Invitation } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { MailPlus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { fullTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';
import { LinkDialog } from './link-dialog.js';

export function InvitationsTab() {
  const utils = trpc.useUtils();
  const [email, setEmail] = useState('');
  const query = trpc.invitations.list.useInfiniteQuery(
    { limit: 50 },
    { getNextPageParam: (page) => page.nextCursor },
  );
  const create = trpc.invitations.create.useMutation({
    onSuccess: () => setEmail(''),
    onError: toastError,
    onSettled: () => utils.invitations.list.invalidate(),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    create.mutate({ email: email.trim() || null });
  }
  return (
    <div className="grid gap-6">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <div className="min-w-60 flex-1">
          <TextField
            label={m.admin_invite_email()}
            type="email"
            value={email}
            autoComplete="off"
            placeholder={m.admin_invite_anyone()}
            onChange={(event) => setEmail(event.target.value)}
          />
        </div>
        <Button type="submit" variant="primary" className="h-10" isBusy={create.isPending}>
          <MailPlus aria-hidden className="size-4" />
          {m.admin_invite()}
        </Button>
      </form>
      {create.data && (
        <LinkDialog
          title={m.admin_invite_link()}
          link={create.data}
          note={
            create.data.isMailed && create.data.email
              ? m.admin_invite_mailed({ email: create.data.email })
              : null
          }
          onClose={() => create.reset()}
        />
      )}
      <PagedList
        query={query}
        empty={
          <EmptyState icon={<MailPlus />} title={m.admin_no_invitations()}>
            {m.admin_no_invitations_text()}
          </EmptyState>
        }
      >
        {(invitation) => <InvitationRow key={invitation.id} invitation={invitation} />}
      </PagedList>
    </div>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const utils = trpc.useUtils();
  const revoke = trpc.invitations.revoke.useMutation({
    onError: toastError,
    onSettled: () => utils.invitations.list.invalidate(),
  });
  const status = {
    open: <Badge tone="accent">{m.admin_invitation_open()}</Badge>,
    accepted: <Badge tone="good">{m.admin_invitation_accepted()}</Badge>,
    revoked: <Badge>{m.admin_invitation_revoked()}</Badge>,
    expired: <Badge>{m.admin_invitation_expired()}</Badge>,
  };
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          {invitation.email ?? m.admin_invite_anyone()}
          {status[invitation.status]}
        </p>
        <p className="text-[0.8125rem] text-ink-3">
          {m.admin_invitation_until({ time: fullTime(invitation.expiresAt) })}
        </p>
      </div>
      {invitation.status === 'open' && (
        <Button
          size="sm"
          isBusy={revoke.isPending}
          onClick={() => revoke.mutate({ id: invitation.id })}
        >
          {m.admin_invitation_revoke()}
        </Button>
      )}
    </li>
  );
}
