import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { type FormEvent, useId, useState } from 'react';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';

interface BulkTagDialogProps {
  /** How many notes it is about. */
  count: number;
  onClose: () => void;
  onAdd: (tag: string) => void;
  onRemove: (tag: string) => void;
}

/** One tag for many notes: put on, or taken off. */
export function BulkTagDialog({ count, onClose, onAdd, onRemove }: BulkTagDialogProps) {
  const formId = useId();
  const listId = useId();
  const [name, setName] = useState('');
  const { data: tags = [] } = trpc.tags.list.useQuery(undefined, { staleTime: 60_000 });
  const tag = name.trim();
  const isKnown = tags.some((one) => one.name.toLocaleLowerCase() === tag.toLocaleLowerCase());
  function use(action: (tag: string) => void): void {
    if (!tag) return;
    action(tag);
    onClose();
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="sm"
      title={m.select_tag()}
      description={m.select_tag_hint({ count })}
      footer={
        <>
          <Button disabled={!isKnown} onClick={() => use(onRemove)}>
            {m.select_tag_remove()}
          </Button>
          <Button type="submit" form={formId} variant="primary" disabled={!tag}>
            {m.select_tag_add()}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          use(onAdd);
        }}
      >
        <TextField
          label={m.tag_name()}
          value={name}
          list={listId}
          maxLength={LIMITS.tagNameLength}
          autoComplete="off"
          onChange={(event) => setName(event.target.value.replace(/[#,，]/g, ''))}
        />
        <datalist id={listId}>
          {tags.map((one) => (
            <option key={one.id} value={one.name} />
          ))}
        </datalist>
      </form>
    </Dialog>
  );
}
