import type { MyUsage, UsageFeature } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';
import { costText } from '../../lib/cost.js';
import { trpc } from '../../trpc.js';
import { Loaded } from '../../ui/loaded.js';
import { Meter } from '../../ui/meter.js';
import { Skeleton } from '../../ui/states.js';

export const FEATURE: Record<UsageFeature, () => string> = {
  chat: m.usage_feature_chat,
  editor: m.usage_feature_editor,
  embedding: m.usage_feature_embedding,
  web_search: m.usage_feature_web_search,
  test: m.usage_feature_test,
};

/** What the AI took this month, and what there may be. */
export function AiUsage() {
  const query = trpc.usage.get.useQuery(undefined, { staleTime: 0 });
  return (
    <Loaded query={query} skeleton={<Skeleton className="h-10 w-full" />}>
      {(usage) => <Usage usage={usage} />}
    </Loaded>
  );
}

function Usage({ usage }: { usage: MyUsage }) {
  const { tokens, reservedTokens, limitTokens, features, isInstanceSpent } = usage;
  const number = new Intl.NumberFormat(getLocale());
  // As the month is one of Beijing, so is the day on which it ends.
  const date = new Intl.DateTimeFormat(getLocale(), {
    dateStyle: 'medium',
    timeZone: 'Asia/Shanghai',
  }).format(usage.endsAt);
  const used = tokens + reservedTokens;
  return (
    <div className="grid gap-2">
      {limitTokens === null ? (
        <p className="flex flex-wrap justify-between gap-x-4 text-sm">
          <span className="font-medium">{m.usage_ai()}</span>
          <span className="text-ink-2 tabular-nums">
            {m.usage_no_limit({ used: m.usage_tokens({ count: number.format(used) }) })}
          </span>
        </p>
      ) : (
        <Meter
          label={m.usage_ai()}
          text={m.plan_used_of({
            used: number.format(used),
            total: m.usage_tokens({ count: number.format(limitTokens) }),
          })}
          share={used / limitTokens}
          full={m.usage_ai_spent({ date })}
        >
          {used < limitTokens && (
            <p className="text-[0.8125rem] text-ink-3">{m.usage_ai_next({ date })}</p>
          )}
        </Meter>
      )}
      {isInstanceSpent && <p className="text-[0.8125rem] text-warn">{m.usage_ai_server_spent()}</p>}
      {features.length === 0 ? (
        <p className="text-[0.8125rem] text-ink-3">{m.usage_ai_none()}</p>
      ) : (
        <ul className="grid gap-1 text-[0.8125rem] text-ink-2">
          {features.map(({ feature, calls, tokens, costMicroYuan }) => (
            <li key={feature} className="flex flex-wrap justify-between gap-x-4">
              <span>{FEATURE[feature]()}</span>
              <span className="tabular-nums">
                {[
                  m.usage_calls({ count: calls }),
                  m.usage_tokens({ count: number.format(tokens) }),
                  costMicroYuan !== null && costText(costMicroYuan),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
