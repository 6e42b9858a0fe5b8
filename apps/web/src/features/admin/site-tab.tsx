import type { SiteSettings } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { TextAreaField, TextField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { Skeleton } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';

export function SiteTab() {
  const query = trpc.admin.site.getSettings.useQuery();
  return (
    <Loaded query={query} skeleton={<Skeleton className="h-24 w-full" />}>
      {(settings) => <SiteForm settings={settings} />}
    </Loaded>
  );
}

function SiteForm({ settings }: { settings: SiteSettings }) {
  const utils = trpc.useUtils();
  const [siteName, setSiteName] = useState(settings.siteName);
  const [icpNumber, setIcpNumber] = useState(settings.icpNumber);
  const [terms, setTerms] = useState(settings.terms);
  const [privacy, setPrivacy] = useState(settings.privacy);
  const update = trpc.admin.site.updateSettings.useMutation({
    onSuccess: () => toast.success(m.settings_saved()),
    onError: toastError,
    onSettled: () => utils.admin.site.getSettings.invalidate(),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    update.mutate({ data: { siteName, icpNumber, terms, privacy } });
  }
  return (
    <form onSubmit={submit} className="grid max-w-2xl gap-4">
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
      <TextAreaField
        label={m.admin_site_terms()}
        hint={m.admin_site_pages_hint()}
        rows={8}
        maxLength={LIMITS.sitePageLength}
        value={terms}
        onChange={(event) => setTerms(event.target.value)}
      />
      <TextAreaField
        label={m.admin_site_privacy()}
        rows={8}
        maxLength={LIMITS.sitePageLength}
        value={privacy}
        onChange={(event) => setPrivacy(event.target.value)}
      />
      <div>
        <Button type="submit" variant="primary" isBusy={update.isPending}>
          {m.common_save()}
        </Button>
      </div>
    </form>
  );
}
