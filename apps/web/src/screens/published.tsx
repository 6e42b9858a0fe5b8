import { m } from '@ainotebook/messages';
import { PublishedList } from '../features/publishing/published-list.js';
import { ScreenHeader } from '../features/shell/screen-header.js';

/** Everything that is live, with its readers. */
export function PublishedScreen() {
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.nav_published()} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-3xl px-4 pb-16 md:px-8">
          <PublishedList />
        </div>
      </div>
    </div>
  );
}
