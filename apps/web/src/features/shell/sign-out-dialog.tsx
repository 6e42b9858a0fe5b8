import { m } from '@ainotebook/messages';
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useApp } from '../../app-context.js';
import { downloadDrafts } from '../../lib/download.js';
import { inTime } from '../../lib/in-time.js';
import { toastError } from '../../lib/toast-error.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';

/** A text takes as long to be saved, or it stays on this device. */
const PATIENCE_MS = 4000;

/**
 * Signs out once every text is on the server. What cannot be sent stays on the device, under its
 * owner's id, and is sent at the next sign-in; what the device refused to store has to be downloaded.
 */
export function SignOutDialog({ onClose }: { onClose: () => void }) {
  const { session, sync } = useApp();
  const [unsaved, setUnsaved] = useState<number | null>(null);
  const [isLeaving, setIsLeaving] = useState(false);

  async function leave(): Promise<void> {
    setIsLeaving(true);
    try {
      await session.signOut();
    } catch (error) {
      toastError(error);
      setIsLeaving(false);
      onClose();
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the dialog opens
  useEffect(() => {
    let isStale = false;
    // Whoever leaves does not wait for a network that says nothing.
    const settled = inTime(sync.settleAll(), PATIENCE_MS).catch(() => sync.getPending());
    void settled.then((left) => {
      if (isStale) return;
      if (left === 0) void leave();
      else setUnsaved(left);
    });
    return () => {
      isStale = true;
    };
  }, []);

  if (unsaved === null) return null;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={m.sign_out_unsaved_title({ count: unsaved })}
      description={sync.isUnprotected() ? m.sign_out_unprotected_text() : m.sign_out_unsaved_text()}
      footer={
        <>
          <Button onClick={() => void sync.drafts().then(downloadDrafts)}>
            <Download aria-hidden className="size-4" />
            {m.common_download()}
          </Button>
          <Button isBusy={isLeaving} onClick={() => void leave()}>
            {m.sign_out_anyway()}
          </Button>
          <Button variant="primary" onClick={onClose}>
            {m.sign_out_stay()}
          </Button>
        </>
      }
    >
      <p className="text-sm text-ink-2">{m.sign_out_unsaved_hint()}</p>
    </Dialog>
  );
}
