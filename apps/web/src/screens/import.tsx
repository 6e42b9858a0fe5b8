import { m } from '@ainotebook/messages';
import { getRouteApi } from '@tanstack/react-router';
import { ImportSessionView } from '../features/imports/import-session.js';
import { ImportStart } from '../features/imports/import-start.js';
import { ScreenHeader } from '../features/shell/screen-header.js';

const route = getRouteApi('/member/import');

/** Notes from other programs, or one import on its way. */
export function ImportScreen() {
  const { id } = route.useSearch();
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.import_title()} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-3xl px-4 pt-2 pb-16 md:px-8">
          {id ? <ImportSessionView key={id} id={id} /> : <ImportStart />}
        </div>
      </div>
    </div>
  );
}
