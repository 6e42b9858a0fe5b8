import type { ArticleUsage, FileUsage, MyPlan } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { BadgeCheck, ChevronRight, ReceiptText } from 'lucide-react';
import type { ReactNode } from 'react';
import { bytesText } from '../../lib/bytes.js';
import { dateText, daysUntil } from '../../lib/time.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { buttonClass } from '../../ui/button.js';
import { both, Loaded } from '../../ui/loaded.js';
import { Meter } from '../../ui/meter.js';
import { Skeleton } from '../../ui/states.js';
import { AiUsage } from './ai-usage.js';
import { benefitLines, heldText } from './billing-words.js';
import { RedeemForm } from './redeem-form.js';

/** What somebody has, for how long, how much of it is used, and how to have more. */
export function MyPlanSections() {
  return (
    <>
      <Part title={m.plan_mine()}>
        <Held />
      </Part>
      <Part title={m.plan_usage()}>
        <Usage />
        <AiUsage />
      </Part>
      <Part title={m.redeem_title()}>
        <RedeemForm />
      </Part>
      <Link
        to="/orders"
        className="flex min-h-12 items-center gap-3 border-y border-line py-2.5 text-sm hover:bg-hover"
      >
        <ReceiptText aria-hidden className="size-5 stroke-[1.6] text-ink-3" />
        <span className="flex-1 font-medium">{m.orders_title()}</span>
        <ChevronRight aria-hidden className="size-4 text-ink-3" />
      </Link>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-4">
      <h2 className="border-b border-line pb-3 text-base font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Held() {
  const query = trpc.billing.myPlan.useQuery();
  return (
    <Loaded query={query} skeleton={<Skeleton className="h-20 w-full" />}>
      {(mine) => (mine.plans.length === 0 ? <NoPlan ended={mine.ended} /> : <Plans mine={mine} />)}
    </Loaded>
  );
}

function NoPlan({ ended }: Pick<MyPlan, 'ended'>) {
  const last = ended.toSorted((a, b) => b.endedAt.getTime() - a.endedAt.getTime())[0];
  return (
    <div className="flex flex-wrap items-center gap-4">
      <div className="min-w-0 flex-1 basis-56">
        <p className="text-sm font-medium">
          {last ? m.plan_over({ plan: last.name, date: dateText(last.endedAt) }) : m.plan_none()}
        </p>
        <p className="text-[0.8125rem] text-ink-3">
          {last ? m.plan_over_text() : m.plan_none_text()}
        </p>
      </div>
      <Link to="/pricing" className={buttonClass({ variant: 'primary' })}>
        {m.pricing_see()}
      </Link>
    </div>
  );
}

/** Days before the end from which it is said aloud. */
const SOON_DAYS = 7;

function Plans({ mine }: { mine: MyPlan }) {
  return (
    <div className="grid gap-4">
      <ul className="grid gap-3">
        {mine.plans.map((plan) => {
          const { planId, name, endsAt, isInGrace } = plan;
          return (
            <li key={planId} className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <BadgeCheck aria-hidden className="size-5 stroke-[1.6] text-accent" />
              <div className="min-w-0 flex-1 basis-44">
                <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
                  {name}
                  {isInGrace && <Badge tone="warn">{m.plan_in_grace()}</Badge>}
                  {endsAt && !isInGrace && daysUntil(endsAt) <= SOON_DAYS && (
                    <Badge tone="warn">{m.plan_days_left({ count: daysUntil(endsAt) })}</Badge>
                  )}
                </p>
                <p className="text-[0.8125rem] text-ink-3">{heldText(plan)}</p>
              </div>
              <Link to="/pricing" className={buttonClass({ size: 'sm' })}>
                {endsAt ? m.plan_renew() : m.pricing_see()}
              </Link>
            </li>
          );
        })}
      </ul>
      <ul className="grid list-disc gap-1 ps-5 text-sm text-ink-2 marker:text-ink-3">
        {benefitLines(mine.benefits).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

function Usage() {
  const files = trpc.files.usage.useQuery();
  const articles = trpc.articles.usage.useQuery();
  return (
    <Loaded query={both(files, articles)} skeleton={<Skeleton className="h-10 w-full" />}>
      {([storage, notes]) => <Meters storage={storage} notes={notes} />}
    </Loaded>
  );
}

function Meters({ storage, notes }: { storage: FileUsage; notes: ArticleUsage }) {
  const { usedBytes, quotaBytes } = storage;
  const { count, quota } = notes;
  return (
    <>
      <Meter
        label={m.plan_storage()}
        text={m.plan_used_of({ used: bytesText(usedBytes), total: bytesText(quotaBytes) })}
        share={usedBytes / Math.max(1, quotaBytes)}
        low={m.plan_storage_low()}
        full={m.plan_storage_full()}
      >
        <Link
          to="/settings/data"
          className="w-fit text-[0.8125rem] text-accent underline underline-offset-4 max-md:py-2"
        >
          {m.plan_storage_tidy()}
        </Link>
      </Meter>
      {quota !== null && (
        <Meter
          label={m.plan_articles()}
          text={m.plan_articles_of({ count, quota })}
          share={count / quota}
          low={m.plan_articles_low()}
          full={m.plan_articles_full()}
        />
      )}
    </>
  );
}
