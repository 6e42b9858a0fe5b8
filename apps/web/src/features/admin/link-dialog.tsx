import { m } from '@ainotebook/messages';
import { MailCheck } from 'lucide-react';
import { fullTime } from '../../lib/time.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { inputClass } from '../../ui/field.js';
import { toast } from '../../ui/toast.js';

interface LinkDialogProps {
  title: string;
  link: { url: string; expiresAt: Date };
  /** What became of it besides. */
  note?: string | null;
  onClose: () => void;
}

/** A secret link, shown this once. */
export function LinkDialog({ title, link, note, onClose }: LinkDialogProps) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={m.admin_link_once({ time: fullTime(link.expiresAt) })}
      footer={
        <Button
          variant="primary"
          onClick={() => {
            // Without a clipboard (plain http) the field beside is selected for copying by hand.
            navigator.clipboard?.writeText(link.url).then(
              () => toast.success(m.publish_link_copied()),
              () => undefined,
            );
          }}
        >
          {m.publish_copy_link()}
        </Button>
      }
    >
      <input
        readOnly
        aria-label={title}
        value={link.url}
        onFocus={(event) => event.target.select()}
        className={`${inputClass} h-11 font-mono text-xs`}
      />
      {note && (
        <p className="mt-3 flex items-center gap-2 text-sm text-good">
          <MailCheck aria-hidden className="size-4 shrink-0" />
          {note}
        </p>
      )}
    </Dialog>
  );
}
