import { m } from '@ainotebook/messages';
import { watchForUpdates } from '../../lib/updates.js';
import { toast } from '../../ui/toast.js';
import type { SyncCenter } from '../editor/sync-center.js';

/** What is not on the server by then is on the device; the page says so before it leaves if not. */
const PATIENCE_MS = 3000;

/** Keeps the app on the device for use without a network, and says when a new version is there. */
export function offerUpdates(sync: SyncCenter): Promise<void> {
  return watchForUpdates((apply) => {
    const settle = () =>
      Promise.race([sync.settleAll(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    toast(m.update_title(), {
      id: 'update',
      description: m.update_text(),
      duration: Number.POSITIVE_INFINITY,
      action: { label: m.crash_reload(), onClick: () => void settle().then(apply) },
    });
  });
}
