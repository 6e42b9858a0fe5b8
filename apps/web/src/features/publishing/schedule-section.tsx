import type { PublishSettings } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Clock } from 'lucide-react';
import { useState } from 'react';
import { fullTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';

interface ScheduleSectionProps {
  articleId: string;
  settings: PublishSettings;
}

/** Publishes later, by itself. */
export function ScheduleSection({ articleId, settings }: ScheduleSectionProps) {
  const utils = trpc.useUtils();
  const schedule = trpc.publications.getSchedule.useQuery({ articleId });
  const [at, setAt] = useState('');
  const options = {
    onError: toastError,
    onSettled: () => utils.publications.getSchedule.invalidate({ articleId }),
  };
  const set = trpc.publications.schedule.useMutation(options);
  const cancel = trpc.publications.cancelSchedule.useMutation(options);
  // A time of the reader's own clock, as the field gives it.
  const publishAt = at === '' ? null : new Date(at);
  const isPast = publishAt !== null && publishAt.getTime() <= Date.now();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <details className="mt-5 rounded-xl border border-line px-3.5 py-2.5" open={!!schedule.data}>
      <summary className="cursor-pointer text-sm">{m.publish_later()}</summary>
      {schedule.data && (
        <p className="mt-3 flex flex-wrap items-center gap-3 text-sm">
          <Clock aria-hidden className="size-4 text-ink-3" />
          {m.publish_later_is({ time: fullTime(schedule.data.publishAt) })}
          <Button size="sm" isBusy={cancel.isPending} onClick={() => cancel.mutate({ articleId })}>
            {m.publish_later_cancel()}
          </Button>
        </p>
      )}
      <div className="mt-3 flex flex-wrap items-end gap-3">
        <div className="min-w-52 flex-1">
          <TextField
            label={m.publish_later_at()}
            hint={m.publish_later_hint({ zone })}
            type="datetime-local"
            value={at}
            onChange={(event) => setAt(event.target.value)}
            error={isPast ? m.publish_later_past() : null}
          />
        </div>
        <Button
          isBusy={set.isPending}
          disabled={publishAt === null || isPast}
          onClick={() => publishAt && set.mutate({ articleId, publishAt, ...settings })}
        >
          {m.publish_later_set()}
        </Button>
      </div>
    </details>
  );
}
