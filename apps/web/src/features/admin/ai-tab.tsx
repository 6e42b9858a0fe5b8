import type { AiSetup, InstanceUsage, TestAiInput, UsageRow } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';
import { Sparkles } from 'lucide-react';
import type { ReactNode } from 'react';
import { costText } from '../../lib/cost.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { both, Loaded } from '../../ui/loaded.js';
import { Meter } from '../../ui/meter.js';
import { EmptyState, Skeleton } from '../../ui/states.js';
import { Outcome } from './ai-outcome.js';
import { AiProviders } from './ai-providers.js';
import { BulkEmbedding } from './bulk-embedding.js';

/** The models that are set up, whether they answer, and what they took. */
export function AiTab() {
  const setup = trpc.admin.ai.get.useQuery();
  const usage = trpc.admin.usage.get.useQuery({ days: 30 });
  return (
    <Loaded query={both(setup, usage)} skeleton={<Skeleton className="h-60 w-full" />}>
      {([models, used]) => (
        <div className="grid gap-10">
          <BulkEmbedding />
          <Part title={m.admin_ai_models()}>
            {models.chat.length === 0 && <NoModel />}
            <Models setup={models} />
          </Part>
          <AiProviders />
          <Part title={m.admin_ai_budget()}>
            <Budgets usage={used} />
          </Part>
          <Part title={m.admin_ai_usage()}>
            {used.rows.length === 0 ? (
              <EmptyState icon={<Sparkles />} title={m.admin_ai_usage_none()}>
                {m.admin_ai_usage_none_text()}
              </EmptyState>
            ) : (
              <UsageTable rows={used.rows} />
            )}
          </Part>
        </div>
      )}
    </Loaded>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-3">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}

const NoModel = () => (
  <EmptyState icon={<Sparkles />} title={m.admin_ai_none()}>
    {m.admin_ai_none_text()}
  </EmptyState>
);

function Models({ setup: { chat, fast, embedding, webSearch } }: { setup: AiSetup }) {
  if (chat.length === 0 && !fast && !embedding && !webSearch) return null;
  return (
    <div className="grid gap-3">
      <p className="text-[0.8125rem] text-ink-3">{m.admin_ai_models_text()}</p>
      <ul className="divide-y divide-line border-y border-line">
        {chat.map(({ provider, model, hasPrice }, at) => (
          <Connection
            key={`${provider} ${model}`}
            name={`${provider} · ${model}`}
            purpose={at === 0 ? m.admin_ai_chat() : m.admin_ai_chat_next()}
            hasPrice={hasPrice}
            input={at === 0 ? { kind: 'chat', provider } : { kind: 'model', provider, model }}
          />
        ))}
        {fast && (
          <Connection
            name={`${fast.provider} · ${fast.model}`}
            purpose={m.admin_ai_fast()}
            hasPrice={fast.hasPrice}
            input={{ kind: 'model', provider: fast.provider, model: fast.model }}
          />
        )}
        {embedding && (
          <Connection
            name={`${embedding.provider} · ${embedding.model}`}
            purpose={m.admin_ai_embedding({ dimensions: embedding.dimensions })}
            hasPrice={embedding.hasPrice}
            input={{ kind: 'embedding' }}
          />
        )}
        {webSearch && (
          <Connection
            name={webSearch.provider}
            purpose={m.usage_feature_web_search()}
            hasPrice={webSearch.hasPrice}
            input={{ kind: 'web_search' }}
          />
        )}
      </ul>
    </div>
  );
}

interface ConnectionProps {
  name: string;
  purpose: string;
  hasPrice: boolean;
  input: TestAiInput;
}

function Connection({ name, purpose, hasPrice, input }: ConnectionProps) {
  const utils = trpc.useUtils();
  const test = trpc.admin.ai.test.useMutation({
    onError: toastError,
    // The call is in the ledger.
    onSettled: () => utils.admin.usage.invalidate(),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium break-all">
          {name}
          {!hasPrice && <Badge>{m.admin_ai_no_price()}</Badge>}
        </p>
        <p className="text-[0.8125rem] text-ink-3">{purpose}</p>
        <p role="status" className="text-[0.8125rem]">
          {test.data && <Outcome {...test.data} />}
        </p>
      </div>
      <Button
        size="sm"
        isBusy={test.isPending}
        aria-label={m.admin_ai_test_one({ name })}
        onClick={() => test.mutate(input)}
      >
        {m.admin_ai_test()}
      </Button>
    </li>
  );
}

function Budgets({ usage: { tokens, microYuan, userTokens } }: { usage: InstanceUsage }) {
  const number = new Intl.NumberFormat(getLocale());
  const inTokens = (value: number) => m.usage_tokens({ count: number.format(value) });
  return (
    <div className="grid gap-4">
      <Budget label={m.admin_ai_budget_tokens()} {...tokens} write={inTokens} />
      <Budget label={m.admin_ai_budget_cost()} {...microYuan} write={costText} />
      {userTokens !== null && (
        <p className="text-[0.8125rem] text-ink-3">
          {m.admin_ai_budget_user({ count: number.format(userTokens) })}
        </p>
      )}
    </div>
  );
}

interface BudgetProps {
  label: string;
  used: number;
  limit: number | null;
  write: (value: number) => string;
}

function Budget({ label, used, limit, write }: BudgetProps) {
  if (limit === null) {
    return (
      <p className="flex flex-wrap justify-between gap-x-4 text-sm">
        <span className="font-medium">{label}</span>
        <span className="text-ink-2 tabular-nums">
          {m.admin_ai_budget_none({ used: write(used) })}
        </span>
      </p>
    );
  }
  const text = m.plan_used_of({ used: write(used), total: write(limit) });
  return <Meter label={label} text={text} share={used / limit} />;
}

function UsageTable({ rows }: { rows: UsageRow[] }) {
  const number = new Intl.NumberFormat(getLocale(), { notation: 'compact' });
  const day = new Intl.DateTimeFormat(getLocale(), {
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  });
  const cell = 'px-2 py-1.5 text-end tabular-nums first:ps-0 last:pe-0';
  const words = `${cell} text-start`;
  const wide = `${cell} max-md:hidden`;
  return (
    <section
      className="overflow-x-auto"
      aria-label={m.admin_ai_usage()}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: nothing in it takes the focus, and arrows have to scroll it
      tabIndex={0}
    >
      <table className="w-full text-sm">
        <thead className="text-[0.8125rem] text-ink-3">
          <tr className="border-b border-line">
            <th scope="col" className={words}>
              {m.admin_ai_day()}
            </th>
            <th scope="col" className={words}>
              {m.admin_ai_person()}
            </th>
            <th scope="col" className={`${words} max-md:hidden`}>
              {m.admin_ai_model()}
            </th>
            <th scope="col" className={cell}>
              {m.admin_ai_calls()}
            </th>
            <th scope="col" className={wide}>
              {m.admin_ai_in()}
            </th>
            <th scope="col" className={wide}>
              {m.admin_ai_out()}
            </th>
            <th scope="col" className={cell}>
              {m.admin_ai_cost()}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={`${row.day} ${row.userId} ${row.provider} ${row.model}`}
              className="border-b border-line"
            >
              <th scope="row" className={`${words} font-normal whitespace-nowrap`}>
                {day.format(new Date(`${row.day}T00:00:00Z`))}
              </th>
              <td className={`${words} max-w-48 break-all`}>
                {row.email ?? m.admin_ai_gone()}
                <span className="block text-xs text-ink-3 md:hidden">{row.model}</span>
              </td>
              <td className={`${words} break-all max-md:hidden`}>
                {row.provider === row.model ? row.model : `${row.provider} · ${row.model}`}
              </td>
              <td className={cell}>
                {row.calls}
                {row.failed > 0 && (
                  <span className="block text-xs text-danger">
                    {m.admin_ai_failed_count({ count: row.failed })}
                  </span>
                )}
              </td>
              <td className={wide}>{number.format(row.inputTokens)}</td>
              <td className={wide}>{number.format(row.outputTokens)}</td>
              <td className={cell}>
                {row.costMicroYuan === null ? '—' : costText(row.costMicroYuan)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
