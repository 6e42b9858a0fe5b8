import { m } from '@ainotebook/messages';
import { useApp } from '../app-context.js';
import { OutboxList } from '../features/editor/outbox-list.js';
import { useOutbox } from '../features/editor/use-outbox.js';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { Button } from '../ui/button.js';

/** What waits on this device: unsent texts, conflicts, refusals. */
export function SyncScreen() {
  const { sync } = useApp();
  const { data: items = [] } = useOutbox();
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.sync_title()}>
        {items.length > 1 && (
          <Button size="sm" onClick={() => sync.retryAll()}>
            {m.sync_send_all()}
          </Button>
        )}
      </ScreenHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-3xl px-4 pb-16 md:px-8">
          <OutboxList />
        </div>
      </div>
    </div>
  );
}
