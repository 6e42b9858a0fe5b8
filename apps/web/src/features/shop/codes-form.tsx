import type { PlanPeriod } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { toast } from '../../ui/toast.js';
import { PlanFields } from './plan-fields.js';

const DAY_MS = 86_400_000;
/** `2026-11-29` of the day in so many days, by the clock of this device. */
const dayIn = (days: number): string =>
  new Intl.DateTimeFormat('sv-SE').format(new Date(Date.now() + days * DAY_MS));

/** Makes a batch of codes. */
export function CodesForm() {
  const utils = trpc.useUtils();
  const [planId, setPlanId] = useState('');
  const [period, setPeriod] = useState<PlanPeriod>('month');
  const [count, setCount] = useState('10');
  const [note, setNote] = useState('');
  const [day, setDay] = useState(() => dayIn(90));
  const [isTried, setIsTried] = useState(false);
  const generate = trpc.admin.codes.generate.useMutation({
    onSuccess: () => {
      setNote('');
      setIsTried(false);
      toast.success(m.shop_codes_made());
    },
    onError: toastError,
    onSettled: () => utils.admin.codes.list.invalidate(),
  });
  const isCountRight =
    /^\d{1,4}$/.test(count) && Number(count) >= 1 && Number(count) <= LIMITS.codesPerBatch;
  // To the end of that day.
  const expiresAt = new Date(`${day}T23:59:59`);
  const isDayRight = expiresAt.getTime() > Date.now();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (planId === '' || !isCountRight || !isDayRight) return;
    generate.mutate({ planId, period, count: Number(count), note: note.trim(), expiresAt });
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4 rounded-xl border border-line p-4">
      <div className="grid items-start gap-4 md:grid-cols-2">
        <PlanFields
          planId={planId}
          period={period}
          error={isTried && planId === '' ? m.shop_needed() : null}
          onPlan={setPlanId}
          onPeriod={setPeriod}
        />
        <TextField
          label={m.shop_codes_count()}
          inputMode="numeric"
          value={count}
          error={
            isTried && !isCountRight
              ? m.shop_codes_count_wrong({ most: LIMITS.codesPerBatch })
              : null
          }
          onChange={(event) => setCount(event.target.value)}
        />
        <TextField
          label={m.shop_codes_day()}
          type="date"
          min={dayIn(0)}
          value={day}
          error={isTried && !isDayRight ? m.shop_codes_day_wrong() : null}
          onChange={(event) => setDay(event.target.value)}
        />
      </div>
      <TextField
        label={m.shop_codes_note()}
        hint={m.shop_codes_note_hint()}
        value={note}
        maxLength={100}
        onChange={(event) => setNote(event.target.value)}
      />
      <div>
        <Button type="submit" variant="primary" isBusy={generate.isPending}>
          {m.shop_codes_make()}
        </Button>
      </div>
    </form>
  );
}
