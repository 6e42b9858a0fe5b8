import type { IndexUse, ServerVariable, SlowQueries, SlowQuery } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';
import { Gauge } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { bytesText } from '../../lib/bytes.js';
import { fullTime } from '../../lib/time.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Choice } from '../../ui/choice.js';
import { Loaded } from '../../ui/loaded.js';
import { EmptyState, Skeleton } from '../../ui/states.js';

/** What takes the database's time, which indexes are of use, and which variables are set. */
export function ServerTab() {
  return (
    <div className="grid gap-10">
      <Statements />
      <Indexes />
      <Variables />
    </div>
  );
}

function Part({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="grid gap-3">
      <div className="grid gap-1">
        <h2 className="font-semibold">{title}</h2>
        <p className="text-[0.8125rem] text-ink-3">{text}</p>
      </div>
      {children}
    </section>
  );
}

const WAITING = <Skeleton className="h-32 w-full" />;

function Statements() {
  const [by, setBy] = useState<'total' | 'mean'>('total');
  const found = trpc.admin.server.slowQueries.useQuery({ by }, { placeholderData: (old) => old });
  return (
    <Part title={m.admin_server_queries()} text={m.admin_server_queries_text()}>
      <Loaded query={found} skeleton={WAITING}>
        {(queries) =>
          queries.state === 'on' ? (
            <>
              <Choice
                label={m.admin_server_order()}
                value={by}
                onChange={setBy}
                options={[
                  { value: 'total', label: m.admin_server_order_total() },
                  { value: 'mean', label: m.admin_server_order_mean() },
                ]}
              />
              <StatementList {...queries} />
            </>
          ) : (
            <EmptyState icon={<Gauge />} title={m.admin_server_queries_off()}>
              {queries.state === 'not_loaded'
                ? m.admin_server_queries_not_loaded()
                : m.admin_server_queries_not_created()}
            </EmptyState>
          )
        }
      </Loaded>
    </Part>
  );
}

function StatementList({ queries, since }: SlowQueries) {
  if (queries.length === 0) {
    return (
      <EmptyState icon={<Gauge />} title={m.admin_server_queries_none()}>
        {m.admin_server_queries_none_text()}
      </EmptyState>
    );
  }
  return (
    <>
      <ol className="divide-y divide-line border-y border-line">
        {queries.map((query) => (
          <Statement key={query.text} {...query} />
        ))}
      </ol>
      <Since date={since} />
    </>
  );
}

function Statement({ text, calls, totalMs, meanMs, maxMs, rows }: SlowQuery) {
  const number = new Intl.NumberFormat(getLocale(), { maximumFractionDigits: 1 });
  const figures = [
    [m.admin_server_calls(), number.format(calls)],
    [m.admin_server_total(), timeText(totalMs)],
    [m.admin_server_mean(), timeText(meanMs)],
    [m.admin_server_max(), timeText(maxMs)],
    [m.admin_server_rows(), number.format(rows)],
  ] as const;
  return (
    <li className="grid gap-1.5 py-3">
      <p className="line-clamp-3 font-mono text-[0.8125rem] break-words" title={text}>
        {text}
      </p>
      <dl className="flex flex-wrap gap-x-5 gap-y-1 text-[0.8125rem]">
        {figures.map(([name, value]) => (
          <div key={name} className="flex gap-1.5">
            <dt className="text-ink-3">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function Indexes() {
  const found = trpc.admin.server.indexes.useQuery();
  return (
    <Part title={m.admin_server_indexes()} text={m.admin_server_indexes_text()}>
      <Loaded query={found} skeleton={WAITING}>
        {({ unused, used, since }) => (
          <>
            <IndexTable
              title={m.admin_server_unused({ count: unused.length })}
              indexes={unused}
              empty={m.admin_server_unused_none()}
            />
            <IndexTable
              title={m.admin_server_used({ count: used.length })}
              indexes={used}
              empty={m.admin_server_used_none()}
            />
            <Since date={since} />
          </>
        )}
      </Loaded>
    </Part>
  );
}

function IndexTable(props: { title: string; indexes: IndexUse[]; empty: string }) {
  const { title, indexes, empty } = props;
  const number = new Intl.NumberFormat(getLocale(), { notation: 'compact' });
  const cell = 'px-2 py-1.5 text-end tabular-nums first:ps-0 last:pe-0';
  const words = `${cell} text-start`;
  return (
    <details className="border-b border-line pb-2">
      <summary className="cursor-pointer py-1.5 text-sm font-medium">{title}</summary>
      {indexes.length === 0 ? (
        <p className="py-2 text-sm text-ink-2">{empty}</p>
      ) : (
        <table className="w-full text-sm">
          <thead className="text-[0.8125rem] text-ink-3">
            <tr className="border-b border-line">
              <th scope="col" className={words}>
                {m.admin_server_index()}
              </th>
              <th scope="col" className={cell}>
                {m.admin_server_scans()}
              </th>
              <th scope="col" className={cell}>
                {m.admin_server_size()}
              </th>
            </tr>
          </thead>
          <tbody>
            {indexes.map(({ name, table, scans, bytes }) => (
              <tr key={name} className="border-b border-line last:border-0">
                <th scope="row" className={`${words} font-normal break-all`}>
                  <span className="font-mono text-[0.8125rem]">{name}</span>
                  <span className="block text-xs text-ink-3">{table}</span>
                </th>
                <td className={cell}>{number.format(scans)}</td>
                <td className={`${cell} whitespace-nowrap`}>{bytesText(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

const Since = ({ date }: { date: Date | null }) => (
  <p className="text-[0.8125rem] text-ink-3">
    {date ? m.admin_server_since({ time: fullTime(date) }) : m.admin_server_since_start()}
  </p>
);

function Variables() {
  const found = trpc.admin.server.variables.useQuery();
  return (
    <Part title={m.admin_server_variables()} text={m.admin_server_variables_text()}>
      <Loaded query={found} skeleton={WAITING}>
        {(variables) =>
          [...new Set(variables.map(({ group }) => group))].map((group) => (
            <Group
              key={group}
              group={group}
              variables={variables.filter((one) => one.group === group)}
            />
          ))
        }
      </Loaded>
    </Part>
  );
}

function Group({ group, variables }: { group: string; variables: ServerVariable[] }) {
  const isGiven = ({ source }: ServerVariable) => source === 'environment' || source === 'file';
  const given = variables.filter(isGiven).length;
  return (
    <details className="border-b border-line pb-2" open={given > 0}>
      <summary className="cursor-pointer py-1.5 text-sm font-medium">
        {groupName(group)}
        <span className="ms-2 font-normal text-ink-3">
          {m.admin_server_given({ given, count: variables.length })}
        </span>
      </summary>
      <ul className="divide-y divide-line">
        {variables.map(({ name, source, isSecret }) => (
          <li
            key={name}
            className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 py-1.5"
          >
            <span className="min-w-0 font-mono text-[0.8125rem] break-all">{name}</span>
            <span className="flex gap-1.5">
              {isSecret && <Badge>{m.admin_server_secret()}</Badge>}
              <Source source={source} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Source({ source }: Pick<ServerVariable, 'source'>) {
  switch (source) {
    case 'environment':
      return <Badge tone="good">{m.admin_server_environment()}</Badge>;
    case 'file':
      return <Badge tone="good">.env</Badge>;
    case 'default':
      return <Badge>{m.admin_server_default()}</Badge>;
    case 'placeholder':
      return <Badge tone="warn">{m.admin_server_placeholder()}</Badge>;
    case 'unset':
      return <Badge>{m.admin_server_unset()}</Badge>;
    default:
      return source satisfies never;
  }
}

/** The groups of `.env.example`. */
function groupName(group: string): string {
  const names: Record<string, string> = {
    Application: m.admin_server_group_application(),
    'Database and Redis': m.admin_server_group_data(),
    Jobs: m.admin_server_group_jobs(),
    Accounts: m.admin_server_group_accounts(),
    Mail: m.admin_server_group_mail(),
    'AI services': m.admin_server_group_ai(),
    Payment: m.admin_server_group_payment(),
    Files: m.admin_server_group_files(),
    Operation: m.admin_server_group_operation(),
    Backup: m.admin_server_group_backup(),
  };
  return names[group] ?? group;
}

/** "0.4 ms", "12 秒": database time, in the unit that keeps it short. */
function timeText(ms: number): string {
  const isLong = ms >= 1000;
  return new Intl.NumberFormat(getLocale(), {
    style: 'unit',
    unit: isLong ? 'second' : 'millisecond',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(isLong ? ms / 1000 : ms);
}
