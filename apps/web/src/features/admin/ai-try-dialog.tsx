import type { AiProvider } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { errorInfo } from '../../lib/errors.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Choice } from '../../ui/choice.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { TextField } from '../../ui/field.js';
import { toast } from '../../ui/toast.js';
import { Outcome } from './ai-outcome.js';

/** Tries a model of a provider by a real call, before it is picked for anything. */
export function TryDialog({ provider, onClose }: { provider: AiProvider; onClose: () => void }) {
  const utils = trpc.useUtils();
  const test = trpc.admin.ai.test.useMutation({
    onError: (error) =>
      errorInfo(error).code === 'encryption_off'
        ? toast.error(m.admin_ai_key_unreadable())
        : toastError(error),
    onSettled: () => utils.admin.usage.invalidate(),
  });
  const [model, setModel] = useState('');
  const [kind, setKind] = useState<'chat' | 'embedding'>('chat');
  const [dimensions, setDimensions] = useState('1024');
  const { name } = provider;
  const length = kind === 'embedding' ? Number(dimensions) : undefined;
  return (
    <FormDialog
      onClose={onClose}
      title={m.admin_ai_test_one({ name })}
      closeLabel={m.common_close()}
      submitLabel={m.admin_ai_test()}
      isBusy={test.isPending}
      canSubmit={model.trim() !== '' && !Number.isNaN(length)}
      onSubmit={() =>
        test.mutate({ kind: 'model', provider: name, model: model.trim(), dimensions: length })
      }
    >
      <Choice
        label={m.admin_ai_use()}
        value={kind}
        options={[
          { value: 'chat', label: m.admin_ai_chat() },
          { value: 'embedding', label: m.admin_ai_use_embedding() },
        ]}
        onChange={setKind}
      />
      <TextField
        label={m.admin_ai_model()}
        hint={m.admin_ai_model_hint()}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={LIMITS.modelNameLength}
        value={model}
        onChange={(event) => setModel(event.target.value)}
      />
      {kind === 'embedding' && (
        <TextField
          label={m.admin_ai_dimensions()}
          type="number"
          inputMode="numeric"
          min={64}
          max={4096}
          value={dimensions}
          onChange={(event) => setDimensions(event.target.value)}
        />
      )}
      <p role="status" className="text-sm">
        {test.data && !test.isPending && <Outcome {...test.data} />}
      </p>
    </FormDialog>
  );
}
