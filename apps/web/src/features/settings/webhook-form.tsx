import type { Webhook, WebhookEventType } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { TextField } from '../../ui/field.js';
import { WebhookSecret } from './webhook-secret.js';
import { EVENTS, eventText } from './webhook-words.js';

/** Asks where to send what, then shows the secret, this once. */
export function NewWebhookDialog({ onClose }: { onClose: () => void }) {
  const utils = trpc.useUtils();
  const create = trpc.webhooks.create.useMutation({
    onSettled: () => utils.webhooks.list.invalidate(),
  });
  if (create.data) {
    const { secret } = create.data;
    return <WebhookSecret title={m.webhooks_made()} secret={secret} onClose={onClose} />;
  }
  return (
    <WebhookForm
      title={m.webhooks_new()}
      submitLabel={m.common_create()}
      isBusy={create.isPending}
      error={create.error}
      onClose={onClose}
      onSubmit={(input) => create.mutate(input)}
    />
  );
}

/** Changes where a webhook sends what. */
export function EditWebhookDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const utils = trpc.useUtils();
  const update = trpc.webhooks.update.useMutation({
    onSuccess: onClose,
    onSettled: () => utils.webhooks.list.invalidate(),
  });
  return (
    <WebhookForm
      title={m.webhooks_edit()}
      submitLabel={m.common_save()}
      before={webhook}
      isBusy={update.isPending}
      error={update.error}
      onClose={onClose}
      onSubmit={(data) => update.mutate({ id: webhook.id, data })}
    />
  );
}

interface WebhookFormProps {
  title: string;
  submitLabel: string;
  before?: Pick<Webhook, 'url' | 'events'>;
  isBusy: boolean;
  error: unknown;
  onClose: () => void;
  onSubmit: (input: { url: string; events: WebhookEventType[] }) => void;
}

function failureText(error: unknown): string {
  const { code, fields } = errorInfo(error);
  if (code === 'limit_reached') return m.webhooks_too_many({ count: LIMITS.webhooksPerUser });
  if (fields.some(({ path }) => path.endsWith('url'))) return m.webhooks_url_bad();
  return errorText(code);
}

function WebhookForm({
  title,
  submitLabel,
  before = { url: '', events: ['article.published', 'article.updated', 'article.unpublished'] },
  isBusy,
  error,
  onClose,
  onSubmit,
}: WebhookFormProps) {
  const [url, setUrl] = useState(before.url);
  const [chosen, setChosen] = useState<ReadonlySet<WebhookEventType>>(new Set(before.events));
  const events = EVENTS.filter((type) => chosen.has(type));
  function choose(type: WebhookEventType, isWanted: boolean): void {
    const next = new Set(chosen);
    if (isWanted) next.add(type);
    else next.delete(type);
    setChosen(next);
  }
  return (
    <FormDialog
      onClose={onClose}
      title={title}
      submitLabel={submitLabel}
      isBusy={isBusy}
      canSubmit={url.trim() !== '' && events.length > 0}
      onSubmit={() => onSubmit({ url: url.trim(), events })}
    >
      <TextField
        label={m.webhooks_url()}
        hint={m.webhooks_url_hint()}
        error={error ? failureText(error) : null}
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        placeholder="https://"
        maxLength={LIMITS.urlLength}
        value={url}
        onChange={(event) => setUrl(event.target.value)}
      />
      <fieldset className="grid">
        <legend className="mb-1 text-[0.8125rem] font-medium text-ink-2">
          {m.webhooks_events()}
        </legend>
        {EVENTS.map((type) => (
          <label
            key={type}
            className="flex items-start gap-3 py-1.5 text-sm max-md:min-h-11 max-md:py-2.5"
          >
            <input
              type="checkbox"
              checked={chosen.has(type)}
              onChange={(event) => choose(type, event.target.checked)}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span className="min-w-0">
              {eventText(type)}
              <code className="block font-mono text-xs text-ink-3">{type}</code>
            </span>
          </label>
        ))}
      </fieldset>
    </FormDialog>
  );
}
