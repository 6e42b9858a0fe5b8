import { m } from '@ainotebook/messages';
import { toast } from 'sonner';
import { fullTime } from '../../lib/time.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { inputClass } from '../../ui/field.js';

interface LinkDialogProps {
  title: string;
  link: { url: string; expiresAt: Date };
  onClose: () => void;
}

/** A secret link, shown this once. */
export function LinkDialog({ title, link, onClose }: LinkDialogProps) {
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
    </Dialog>
  );
}
