import { m } from '@ainotebook/messages';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { TagTable } from '../features/tags/tag-table.js';

/** Every tag in one place. */
export function TagsScreen() {
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.nav_tags()} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-3xl px-4 pb-16 md:px-8">
          <TagTable />
        </div>
      </div>
    </div>
  );
}
