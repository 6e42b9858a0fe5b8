import type { AiDeclaration, Provenance } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Choice } from '../../ui/choice.js';

interface AiFieldsProps {
  articleId: string;
  provenance: Provenance;
  hasLabel: boolean;
  onLabel: (hasLabel: boolean) => void;
}

/** How much of a note an AI wrote, and whether its readers are told. */
export function AiFields({ articleId, provenance, hasLabel, onLabel }: AiFieldsProps) {
  const utils = trpc.useUtils();
  const { percent, declared, level } = provenance;
  const declare = trpc.provenance.declare.useMutation({
    onMutate: (input) =>
      utils.provenance.get.setData({ articleId }, { ...provenance, declared: input.declared }),
    onError: toastError,
    onSettled: () => utils.provenance.get.invalidate({ articleId }),
  });
  return (
    <>
      <Choice<AiDeclaration | 'auto'>
        label={m.origin_title()}
        value={declared ?? 'auto'}
        onChange={(value) =>
          declare.mutate({ articleId, declared: value === 'auto' ? null : value })
        }
        options={[
          {
            value: 'auto',
            label: percent > 0 ? m.origin_percent({ percent }) : m.origin_none(),
          },
          { value: 'partly', label: m.origin_partly() },
          { value: 'mostly', label: m.origin_mostly() },
        ]}
      />
      <p className="-mt-3 text-[0.8125rem] text-ink-3">{m.origin_hint()}</p>
      {level !== 'none' && (
        <label className="flex cursor-pointer items-start gap-2.5 text-sm max-md:min-h-11">
          <input
            type="checkbox"
            checked={hasLabel}
            onChange={(event) => onLabel(event.target.checked)}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span>
            {m.origin_label()}
            <span className="block text-[0.8125rem] text-ink-3">{m.origin_label_hint()}</span>
          </span>
        </label>
      )}
    </>
  );
}
