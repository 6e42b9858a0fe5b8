import type { Tag } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { FormDialog } from '../../ui/dialog-form.js';
import { inputClass, TextField } from '../../ui/field.js';
import { useDeleteTag, useRenameTag, useTags } from './tag-hooks.js';

interface TagDialogProps {
  kind: 'rename' | 'merge' | 'delete';
  tag: Tag;
  onClose: () => void;
}

/** Renames a tag, merges it into another or deletes it. */
export function TagDialog({ kind, tag, onClose }: TagDialogProps) {
  const { data: tags = [] } = useTags();
  const [name, setName] = useState(kind === 'rename' ? tag.name : '');
  const rename = useRenameTag();
  const remove = useDeleteTag();
  function submit(): void {
    if (kind === 'delete') remove.mutate({ id: tag.id });
    else rename.mutate({ id: tag.id, data: { name: name.trim() } });
    onClose();
  }
  const words = {
    rename: { title: m.tag_rename(), hint: m.tag_rename_hint(), submit: m.common_save() },
    merge: {
      title: m.tag_merge_title({ name: tag.name }),
      hint: m.tag_merge_hint({ name: tag.name }),
      submit: m.tag_merge_submit(),
    },
    delete: {
      title: m.tag_delete_title({ name: tag.name }),
      hint: m.tag_delete_hint({ count: tag.articleCount }),
      submit: m.common_delete(),
    },
  }[kind];
  return (
    <FormDialog
      onClose={onClose}
      size="sm"
      title={words.title}
      description={words.hint}
      submitLabel={words.submit}
      variant={kind === 'delete' ? 'danger' : 'primary'}
      canSubmit={kind === 'delete' || name.trim() !== ''}
      onSubmit={submit}
    >
      {kind === 'rename' && (
        <TextField
          label={m.tag_name()}
          value={name}
          maxLength={LIMITS.tagNameLength}
          autoComplete="off"
          onChange={(event) => setName(event.target.value.replace(/[#,，]/g, ''))}
        />
      )}
      {kind === 'merge' && (
        <select
          aria-label={m.tag_name()}
          value={name}
          onChange={(event) => setName(event.target.value)}
          className={`${inputClass} h-10 max-md:h-11`}
        >
          <option value="" />
          {tags
            .filter(({ id }) => id !== tag.id)
            .map(({ id, name: other }) => (
              <option key={id} value={other}>
                {other}
              </option>
            ))}
        </select>
      )}
    </FormDialog>
  );
}
