import type { Notebook } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { Dialog } from '../../ui/dialog.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { TextField } from '../../ui/field.js';

interface NameDialogProps {
  isOpen: boolean;
  title: string;
  initialName: string;
  submitLabel: string;
  onClose: () => void;
  onSubmit: (name: string) => void;
}

export function NotebookNameDialog(props: NameDialogProps) {
  const [name, setName] = useState(props.initialName);
  return (
    <FormDialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={props.title}
      size="sm"
      submitLabel={props.submitLabel}
      canSubmit={name.trim() !== ''}
      onSubmit={() => {
        props.onSubmit(name.trim());
        props.onClose();
      }}
    >
      <TextField
        label={m.notebook_name()}
        value={name}
        maxLength={LIMITS.notebookNameLength}
        autoComplete="off"
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}

interface DeleteDialogProps {
  notebook: Notebook;
  onClose: () => void;
  onDelete: (articles: 'keep' | 'trash') => void;
}

export function DeleteNotebookDialog({ notebook, onClose, onDelete }: DeleteDialogProps) {
  const [articles, setArticles] = useState<'keep' | 'trash'>('keep');
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={m.notebook_delete_title({ name: notebook.name })}
      footer={
        <>
          <Button onClick={onClose}>{m.common_cancel()}</Button>
          <Button
            variant="danger"
            onClick={() => {
              onDelete(articles);
              onClose();
            }}
          >
            {m.notebook_delete()}
          </Button>
        </>
      }
    >
      <Choice
        label={m.notebook_delete_question()}
        layout="rows"
        value={articles}
        onChange={setArticles}
        options={[
          { value: 'keep', label: m.notebook_delete_keep(), hint: m.notebook_delete_keep_hint() },
          {
            value: 'trash',
            label: m.notebook_delete_trash(),
            hint: m.notebook_delete_trash_hint(),
          },
        ]}
      />
    </Dialog>
  );
}
