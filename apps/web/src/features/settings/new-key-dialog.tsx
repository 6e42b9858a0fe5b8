import type { ApiResource } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { Dialog } from '../../ui/dialog.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { TextField } from '../../ui/field.js';
import { SecretField } from '../../ui/secret-field.js';
import { type KeyAccess, RESOURCES, resourceText, scopesOf } from './key-access.js';

const DAYS = ['30', '90', '365', 'forever'] as const;
type Days = (typeof DAYS)[number];
type Access = Partial<Record<ApiResource, KeyAccess>>;

const all = (access: KeyAccess): Access =>
  Object.fromEntries(RESOURCES.map((resource) => [resource, access]));

/** Asks what a key is for and what it may do; then shows it, this once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const utils = trpc.useUtils();
  const create = trpc.apiKeys.create.useMutation({
    onSettled: () => utils.apiKeys.list.invalidate(),
  });
  if (create.data) return <NewKey secret={create.data.secret} onClose={onClose} />;
  return (
    <KeyForm
      isBusy={create.isPending}
      failure={create.error && failureText(create.error)}
      onClose={onClose}
      onSubmit={(input) => create.mutate(input)}
    />
  );
}

function failureText(error: unknown): string {
  const { code } = errorInfo(error);
  return code === 'limit_reached' ? m.keys_too_many() : errorText(code);
}

interface KeyFormProps {
  isBusy: boolean;
  failure: string | null;
  onClose: () => void;
  onSubmit: (input: {
    name: string;
    scopes: ReturnType<typeof scopesOf>;
    expiresInDays: number | null;
  }) => void;
}

function KeyForm({ isBusy, failure, onClose, onSubmit }: KeyFormProps) {
  const [name, setName] = useState('');
  const [days, setDays] = useState<Days>('90');
  const [access, setAccess] = useState<Access>({ articles: 'read' });
  const scopes = scopesOf(access);
  function submit(): void {
    const expiresInDays = days === 'forever' ? null : Number(days);
    onSubmit({ name, scopes, expiresInDays });
  }
  return (
    <FormDialog
      onClose={onClose}
      title={m.keys_new()}
      description={m.keys_new_text()}
      submitLabel={m.keys_create()}
      isBusy={isBusy}
      canSubmit={name.trim() !== '' && scopes.length > 0}
      onSubmit={submit}
    >
      <TextField
        label={m.keys_name()}
        hint={m.keys_name_hint()}
        error={failure}
        autoComplete="off"
        maxLength={LIMITS.apiKeyNameLength}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Choice
        label={m.keys_expires()}
        value={days}
        onChange={setDays}
        options={DAYS.map((value) => ({
          value,
          label: value === 'forever' ? m.keys_for_good() : m.keys_days({ count: value }),
        }))}
      />
      <AccessFields access={access} onChange={setAccess} />
    </FormDialog>
  );
}

function AccessFields({
  access,
  onChange,
}: {
  access: Access;
  onChange: (access: Access) => void;
}) {
  const options = [
    { value: 'none' as const, label: m.keys_access_none() },
    { value: 'read' as const, label: m.keys_access_read() },
    { value: 'write' as const, label: m.keys_access_write() },
  ];
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-[0.8125rem] font-medium text-ink-2">{m.keys_access()}</legend>
      <p className="text-[0.8125rem] text-ink-3">{m.keys_access_hint()}</p>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => onChange(all('read'))}>
          {m.keys_all_read()}
        </Button>
        <Button size="sm" onClick={() => onChange(all('write'))}>
          {m.keys_all_write()}
        </Button>
        <Button size="sm" variant="ghost" onClick={() => onChange({})}>
          {m.keys_all_none()}
        </Button>
      </div>
      {RESOURCES.map((resource) => (
        <Choice
          key={resource}
          layout="row"
          label={resourceText(resource)}
          value={access[resource] ?? 'none'}
          onChange={(value) => onChange({ ...access, [resource]: value })}
          options={options}
        />
      ))}
    </fieldset>
  );
}

function NewKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={m.keys_made()}
      description={m.keys_once()}
      footer={
        <Button variant="primary" onClick={onClose}>
          {m.keys_done()}
        </Button>
      }
    >
      <SecretField
        label={m.keys_title()}
        secret={secret}
        copyLabel={m.keys_copy()}
        copiedText={m.keys_copied()}
      />
      <p className="mt-4 text-[0.8125rem] text-ink-3">{m.keys_usage()}</p>
      <pre className="mt-1.5 rounded-lg bg-paper-3 px-3 py-2.5 font-mono text-xs leading-5 break-words whitespace-pre-wrap">
        {`createClient({
  baseUrl: '${location.origin}',
  auth: apiKey,
})`}
      </pre>
    </Dialog>
  );
}
