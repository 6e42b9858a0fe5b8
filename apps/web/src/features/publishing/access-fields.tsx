import type { ArticleAccess } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { trpc } from '../../trpc.js';
import { Choice } from '../../ui/choice.js';
import { TextField } from '../../ui/field.js';

/** Who may read all of it, as it stands in the form. */
export interface ChosenAccess {
  /** `everyone`, `members`, or the id of a plan. */
  readers: string;
  /** Empty: automatic. */
  previewBlocks: string;
}

export function toAccess(readers: string): ArticleAccess {
  return readers === 'everyone' || readers === 'members'
    ? { kind: readers }
    : { kind: 'plan', planId: readers };
}

export const readersOf = (access: ArticleAccess | undefined): string =>
  access?.kind === 'plan' ? access.planId : (access?.kind ?? 'everyone');

/** Not shown while nothing is sold here: an article for members would then be for nobody. */
export function AccessFields({
  chosen,
  onChange,
}: {
  chosen: ChosenAccess;
  onChange: (change: Partial<ChosenAccess>) => void;
}) {
  const plans = trpc.plans.list.useQuery(undefined, { staleTime: 60_000 }).data ?? [];
  const { readers, previewBlocks } = chosen;
  const isOpen = readers === 'everyone';
  if (plans.length === 0 && isOpen) return null;
  const options = [
    { value: 'everyone', label: m.publish_readers_everyone() },
    {
      value: 'members',
      label: m.publish_readers_members(),
      hint: m.publish_readers_members_hint(),
    },
    ...plans.map(({ id, name }) => ({
      value: id,
      label: m.publish_readers_plan({ plan: name }),
    })),
  ];
  // Chosen once, and sold no more.
  if (!options.some(({ value }) => value === readers)) {
    options.push({ value: readers, label: m.publish_readers_former_plan() });
  }
  return (
    <>
      <Choice
        label={m.publish_readers()}
        layout="rows"
        value={readers}
        onChange={(value) => onChange({ readers: value })}
        options={options}
      />
      {!isOpen && (
        <TextField
          label={m.publish_preview_blocks()}
          hint={m.publish_preview_blocks_hint()}
          type="number"
          min={0}
          max={LIMITS.previewBlocks}
          placeholder={m.publish_preview_blocks_auto()}
          value={previewBlocks}
          onChange={(event) => onChange({ previewBlocks: event.target.value })}
        />
      )}
    </>
  );
}
