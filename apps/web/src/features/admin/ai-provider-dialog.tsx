import type { AiProvider, AiProviderKind } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Choice } from '../../ui/choice.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { TextField } from '../../ui/field.js';
import { Switch } from '../../ui/switch.js';
import { kindText } from './ai-providers.js';

const ADDRESSES: Record<AiProviderKind, string> = {
  openai: 'https://api.openai.com/v1',
  ark: 'https://ark.cn-beijing.volces.com/api/v3',
};
const KINDS: AiProviderKind[] = ['openai', 'ark'];

/** Adds a server of models, or changes one. A key goes in and never comes out. */
export function ProviderDialog({
  before,
  onClose,
}: {
  before: AiProvider | null;
  onClose: () => void;
}) {
  const utils = trpc.useUtils();
  const settled = {
    onSuccess(now: Parameters<typeof utils.admin.ai.listProviders.setData>[1]) {
      utils.admin.ai.listProviders.setData(undefined, now);
      onClose();
    },
    onSettled: () => utils.admin.ai.get.invalidate(),
  };
  const create = trpc.admin.ai.createProvider.useMutation(settled);
  const update = trpc.admin.ai.updateProvider.useMutation(settled);
  const [kind, setKind] = useState<AiProviderKind>(before?.kind ?? 'openai');
  const [name, setName] = useState(before?.name ?? '');
  const [baseUrl, setBaseUrl] = useState(before?.baseUrl ?? ADDRESSES.openai);
  const [apiKey, setApiKey] = useState('');
  const [isEnabled, setIsEnabled] = useState(before?.isEnabled ?? true);
  const [hasKey, setHasKey] = useState(true);
  const keyed = before !== null && before.key !== 'none';
  const wrong = wordsOf(create.error ?? update.error);

  function choose(next: AiProviderKind): void {
    setKind(next);
    // What somebody has typed stays.
    if (Object.values(ADDRESSES).includes(baseUrl)) setBaseUrl(ADDRESSES[next]);
  }
  function submit(): void {
    const key = apiKey.trim() === '' ? undefined : apiKey.trim();
    if (before === null) create.mutate({ name: name.trim(), kind, baseUrl, apiKey: key });
    else update.mutate({ name, data: { baseUrl, apiKey: hasKey ? key : null, isEnabled } });
  }
  return (
    <FormDialog
      onClose={onClose}
      title={before ? m.admin_ai_edit_one({ name }) : m.admin_ai_provider_add()}
      submitLabel={m.common_save()}
      isBusy={create.isPending || update.isPending}
      canSubmit={name.trim() !== '' && baseUrl.trim() !== ''}
      onSubmit={submit}
    >
      {before === null && (
        <>
          <Choice
            label={m.admin_ai_kind()}
            value={kind}
            options={KINDS.map((value) => ({ value, label: kindText(value) }))}
            onChange={choose}
          />
          <TextField
            label={m.admin_ai_name()}
            hint={m.admin_ai_name_hint()}
            error={wrong.name}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </>
      )}
      <TextField
        label={m.admin_ai_address()}
        hint={m.admin_ai_address_hint()}
        error={wrong.baseUrl}
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        maxLength={LIMITS.urlLength}
        value={baseUrl}
        onChange={(event) => setBaseUrl(event.target.value)}
      />
      {hasKey && (
        <TextField
          label={m.admin_ai_key()}
          hint={keyed ? m.admin_ai_key_keep() : m.admin_ai_key_hint_new()}
          error={wrong.apiKey}
          type="password"
          autoComplete="new-password"
          spellCheck={false}
          maxLength={LIMITS.providerKeyLength}
          value={apiKey}
          onChange={(event) => setApiKey(event.target.value)}
        />
      )}
      {before !== null && (
        <>
          {keyed && (
            <Switch
              label={m.admin_ai_key_wanted()}
              hint={m.admin_ai_key_wanted_hint()}
              isOn={hasKey}
              onChange={setHasKey}
            />
          )}
          <Switch
            label={m.admin_ai_provider_on()}
            hint={m.admin_ai_provider_on_hint()}
            isOn={isEnabled}
            onChange={setIsEnabled}
          />
        </>
      )}
      {wrong.other && (
        <p role="alert" className="text-[0.8125rem] text-danger">
          {wrong.other}
        </p>
      )}
    </FormDialog>
  );
}

/** Asks before a provider and its key are forgotten. */
export function RemoveDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const utils = trpc.useUtils();
  const remove = trpc.admin.ai.deleteProvider.useMutation({
    onSuccess(now) {
      utils.admin.ai.listProviders.setData(undefined, now);
      onClose();
    },
  });
  const code = remove.error && errorInfo(remove.error).code;
  return (
    <ConfirmDialog
      onClose={onClose}
      title={m.admin_ai_delete_one({ name })}
      description={m.admin_ai_delete_text()}
      confirmLabel={m.common_delete()}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate({ name })}
    >
      {code && (
        <p role="alert" className="text-sm text-danger">
          {code === 'conflict' ? m.admin_ai_provider_picked() : errorText(code)}
        </p>
      )}
    </ConfirmDialog>
  );
}

type Wrong = Partial<Record<'name' | 'baseUrl' | 'apiKey' | 'other', string>>;

/** What is wrong, at the field it is wrong with. */
function wordsOf(error: unknown): Wrong {
  if (!error) return {};
  const { code, fields } = errorInfo(error);
  if (code === 'name_taken') return { name: m.admin_ai_name_taken() };
  if (code === 'encryption_off') return { apiKey: m.admin_ai_no_encryption() };
  const isAt = (name: string) => fields.some(({ path }) => path.split('.').at(-1) === name);
  const wrong: Wrong = {};
  if (isAt('name')) wrong.name = m.admin_ai_name_hint();
  if (isAt('baseUrl')) wrong.baseUrl = m.admin_ai_address_bad();
  if (isAt('apiKey')) wrong.apiKey = m.admin_ai_key_again();
  return Object.keys(wrong).length > 0 ? wrong : { other: errorText(code) };
}
