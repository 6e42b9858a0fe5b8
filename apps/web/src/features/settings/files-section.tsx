import type { FileUsage, ListedFile } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { FileText, Images, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { bytesText } from '../../lib/bytes.js';
import { relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { IconButton } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { Loaded } from '../../ui/loaded.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState, Skeleton } from '../../ui/states.js';
import { Section } from './section.js';

/** What was uploaded: how much room it takes, and what can go. */
export function FilesSection() {
  const [isUnusedOnly, setIsUnusedOnly] = useState(false);
  const [leaving, setLeaving] = useState<ListedFile | null>(null);
  const utils = trpc.useUtils();
  const query = trpc.files.list.useInfiniteQuery(
    { limit: 20, unused: isUnusedOnly },
    { getNextPageParam: (page) => page.nextCursor },
  );
  const remove = trpc.files.remove.useMutation({
    onSuccess: () => setLeaving(null),
    onError: toastError,
    onSettled: () => utils.files.invalidate(),
  });
  return (
    <Section title={m.files_title()} hint={m.files_hint()}>
      <Usage />
      <label className="flex items-center gap-2 text-sm max-md:min-h-11">
        <input
          type="checkbox"
          checked={isUnusedOnly}
          onChange={(event) => setIsUnusedOnly(event.target.checked)}
          className="size-4 accent-accent"
        />
        {m.files_unused_only()}
      </label>
      <PagedList
        query={query}
        empty={
          <EmptyState
            icon={<Images />}
            title={isUnusedOnly ? m.files_none_unused() : m.files_none()}
          >
            {!isUnusedOnly && m.files_none_text()}
          </EmptyState>
        }
      >
        {(file) => <FileRow key={file.id} file={file} onRemove={() => setLeaving(file)} />}
      </PagedList>
      <ConfirmDialog
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        title={m.files_remove({ name: leaving?.name ?? '' })}
        description={
          leaving && leaving.articleCount + Number(leaving.isPublished) > 0
            ? m.files_remove_used()
            : m.files_remove_unused()
        }
        confirmLabel={m.common_delete()}
        isBusy={remove.isPending}
        onConfirm={() => leaving && remove.mutate({ id: leaving.id })}
      />
    </Section>
  );
}

function Usage() {
  const query = trpc.files.usage.useQuery();
  return (
    <Loaded query={query} skeleton={<Skeleton className="h-8 w-full" />}>
      {(usage) => <Used {...usage} />}
    </Loaded>
  );
}

function Used({ usedBytes, quotaBytes, fileCount }: FileUsage) {
  const text = m.files_usage({
    used: bytesText(usedBytes),
    quota: bytesText(quotaBytes),
    count: fileCount,
  });
  const share = Math.min(100, (usedBytes / Math.max(1, quotaBytes)) * 100);
  return (
    <div className="grid gap-2">
      <p className="text-sm">{text}</p>
      <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-paper-3">
        <div className="h-full min-w-1 rounded-full bg-accent" style={{ width: `${share}%` }} />
      </div>
    </div>
  );
}

/** A list of camera pictures should not be fetched whole. */
function smallestOf({ url, picture }: ListedFile): string {
  const width = picture?.widths[0];
  return width === undefined ? url : `${url}/${width}.webp`;
}

function FileRow({ file, onRemove }: { file: ListedFile; onRemove: () => void }) {
  const uses =
    file.articleCount > 0 ? m.files_used({ count: file.articleCount }) : m.files_unused();
  return (
    <li className="flex items-center gap-3 py-3">
      {file.mediaType.startsWith('image/') ? (
        <img
          src={smallestOf(file)}
          alt=""
          loading="lazy"
          className="size-12 shrink-0 rounded-md border border-line object-cover"
        />
      ) : (
        <span className="grid size-12 shrink-0 place-items-center rounded-md border border-line text-ink-3">
          <FileText aria-hidden className="size-5" />
        </span>
      )}
      <div className="min-w-0 flex-1">
        <a
          href={file.url}
          target="_blank"
          rel="noreferrer"
          className="block truncate text-sm font-medium hover:underline"
        >
          {file.name}
        </a>
        <p className="text-[0.8125rem] text-ink-3">
          {[bytesText(file.size), relativeTime(file.createdAt), uses].join(' · ')}
          {file.isPublished && ` · ${m.files_published()}`}
        </p>
      </div>
      <IconButton label={m.files_remove({ name: file.name })} onClick={onRemove}>
        <Trash2 />
      </IconButton>
    </li>
  );
}
