import type { SiteSettings } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';

export function SiteTab() {
  const query = trpc.admin.site.getSettings.useQuery();
  if (query.isPending) {
    return (
      <Loading>
        <Skeleton className="h-24 w-full" />
      </Loading>
    );
  }
  if (query.isError) {
    return <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />;
  }
  return <SiteForm settings={query.data} />;
}

function SiteForm({ settings }: { settings: SiteSettings }) {
  const utils = trpc.useUtils();
  const [siteName, setSiteName] = useState(settings.siteName);
  const [icpNumber, setIcpNumber] = useState(settings.icpNumber);
  const update = trpc.admin.site.updateSettings.useMutation({
    onSuccess: () => toast.success(m.settings_saved()),
    onError: toastError,
    onSettled: () => utils.admin.site.getSettings.invalidate(),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    update.mutate({ data: { siteName, icpNumber } });
  }
  return (
    <form onSubmit={submit} className="grid max-w-md gap-4">
      <TextField
        label={m.admin_site_name()}
        value={siteName}
        maxLength={60}
        onChange={(event) => setSiteName(event.target.value)}
      />
      <TextField
        label={m.admin_site_icp()}
        hint={m.admin_site_icp_hint()}
        value={icpNumber}
        maxLength={60}
        onChange={(event) => setIcpNumber(event.target.value)}
      />
      <div>
        <Button type="submit" variant="primary" isBusy={update.isPending}>
          {m.common_save()}
        </Button>
      </div>
    </form>
  );
}
