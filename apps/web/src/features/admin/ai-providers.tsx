import type { AiProvider, AiProviders as Providers } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../lib/lazy-part.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Loaded } from '../../ui/loaded.js';
import { Skeleton } from '../../ui/states.js';
import { ModelPicks } from './ai-picks.js';

const ProviderDialog = lazyPart('ProviderDialog', () => import('./ai-provider-dialog.js'));
const RemoveDialog = lazyPart('RemoveDialog', () => import('./ai-provider-dialog.js'));
const TryDialog = lazyPart('TryDialog', () => import('./ai-try-dialog.js'));

type Open =
  | { kind: 'edit'; provider: AiProvider | null }
  | { kind: 'try' | 'remove'; provider: AiProvider };

/** Who runs models, those of the environment and those added here, and which model does what. */
export function AiProviders() {
  const found = trpc.admin.ai.listProviders.useQuery();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  return (
    <Loaded query={found} skeleton={<Skeleton className="h-60 w-full" />}>
      {(settings) => (
        <>
          <section aria-labelledby="ai-providers" className="grid gap-3">
            <div className="flex flex-wrap items-center justify-between gap-3">
              <h2 id="ai-providers" className="font-semibold">
                {m.admin_ai_providers()}
              </h2>
              <Button size="sm" onClick={() => setOpen({ kind: 'edit', provider: null })}>
                {m.admin_ai_provider_add()}
              </Button>
            </div>
            <p className="text-[0.8125rem] text-ink-3">{m.admin_ai_providers_text()}</p>
            {!settings.canKeepKeys && (
              <p className="text-[0.8125rem] text-warn">{m.admin_ai_no_encryption()}</p>
            )}
            {settings.providers.length > 0 && (
              <ul className="divide-y divide-line border-y border-line">
                {settings.providers.map((provider) => (
                  <ProviderRow
                    key={provider.name}
                    provider={provider}
                    onTry={() => setOpen({ kind: 'try', provider })}
                    onEdit={() => setOpen({ kind: 'edit', provider })}
                    onRemove={() => setOpen({ kind: 'remove', provider })}
                  />
                ))}
              </ul>
            )}
          </section>
          {settings.providers.length > 0 && <Picks settings={settings} />}
          <Suspense fallback={null}>
            {open?.kind === 'edit' && <ProviderDialog before={open.provider} onClose={close} />}
            {open?.kind === 'remove' && <RemoveDialog name={open.provider.name} onClose={close} />}
            {open?.kind === 'try' && <TryDialog provider={open.provider} onClose={close} />}
          </Suspense>
        </>
      )}
    </Loaded>
  );
}

function Picks({ settings }: { settings: Providers }) {
  return (
    <section aria-labelledby="ai-picks" className="grid gap-3">
      <h2 id="ai-picks" className="font-semibold">
        {m.admin_ai_picks()}
      </h2>
      <p className="text-[0.8125rem] text-ink-3">{m.admin_ai_picks_text()}</p>
      <ModelPicks key={JSON.stringify(settings.picks)} settings={settings} />
    </section>
  );
}

export const kindText = (kind: AiProvider['kind']): string =>
  kind === 'ark' ? m.admin_ai_kind_ark() : m.admin_ai_kind_openai();

function keyText({ source, key, keyHint }: AiProvider): string {
  if (source === 'environment') return m.admin_ai_key_environment();
  if (key === 'none') return m.admin_ai_key_none();
  return keyHint === null ? m.admin_ai_key_kept() : m.admin_ai_key_hint({ end: keyHint });
}

interface ProviderRowProps {
  provider: AiProvider;
  onTry: () => void;
  onEdit: () => void;
  onRemove: () => void;
}

function ProviderRow({ provider, onTry, onEdit, onRemove }: ProviderRowProps) {
  const { name, kind, baseUrl, source, isEnabled, key } = provider;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium break-all">
          {name}
          <Badge>{kindText(kind)}</Badge>
          {!isEnabled && <Badge tone="warn">{m.admin_ai_provider_off()}</Badge>}
        </p>
        {baseUrl && <p className="text-[0.8125rem] break-all text-ink-3">{baseUrl}</p>}
        <p className="text-[0.8125rem] text-ink-3">{keyText(provider)}</p>
        {key === 'unreadable' && (
          <p className="text-[0.8125rem] text-danger">{m.admin_ai_key_unreadable()}</p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" aria-label={m.admin_ai_test_one({ name })} onClick={onTry}>
          {m.admin_ai_test()}
        </Button>
        {source === 'stored' && (
          <>
            <Button size="sm" aria-label={m.admin_ai_edit_one({ name })} onClick={onEdit}>
              {m.admin_ai_edit()}
            </Button>
            <Button size="sm" aria-label={m.admin_ai_delete_one({ name })} onClick={onRemove}>
              {m.common_delete()}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
