import { m } from '@ainotebook/messages';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { langOf } from '../../lib/lang-of.js';
import { Button, IconButton } from '../../ui/button.js';
import { BranchSwitch } from './branch-switch.js';
import type { Turn } from './branches.js';
import { Composer } from './composer.js';

interface QuestionProps {
  turn: Turn;
  isBusy: boolean;
  /** It is asked in other words. */
  onEdit: (content: string) => Promise<unknown>;
  onChoose: (id: string) => void;
}

/** What was asked; it can be asked in other words. */
export function Question({ turn, isBusy, onEdit, onChoose }: QuestionProps) {
  const [isEdited, setIsEdited] = useState(false);
  const { content } = turn.message;
  if (isEdited) {
    return (
      <div>
        <Composer
          initial={content}
          label={m.chat_edit()}
          placeholder={m.chat_placeholder()}
          isBusy={isBusy}
          onSend={async (text) => {
            await onEdit(text);
            setIsEdited(false);
          }}
        >
          <Button size="sm" variant="ghost" onClick={() => setIsEdited(false)}>
            {m.common_cancel()}
          </Button>
        </Composer>
      </div>
    );
  }
  return (
    <div className="flex flex-col items-end gap-0.5">
      <p
        lang={langOf(content)}
        className="max-w-[85%] rounded-2xl bg-paper-3 px-4 py-2.5 break-words whitespace-pre-wrap"
      >
        {content}
      </p>
      <div className="flex items-center">
        <BranchSwitch turn={turn} onChoose={onChoose} />
        <IconButton label={m.chat_edit()} disabled={isBusy} onClick={() => setIsEdited(true)}>
          <Pencil />
        </IconButton>
      </div>
    </div>
  );
}
