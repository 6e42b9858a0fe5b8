import type { AiSource, Provenance } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { ChevronLeft } from 'lucide-react';
import { fullTime } from '../../lib/time.js';
import { Badge } from '../../ui/badge.js';
import { IconButton } from '../../ui/button.js';
import { ACTION } from '../editor/assist/assist-words.js';

const SOURCE: Record<AiSource, () => string> = {
  ...ACTION,
  tone: m.assist_tone,
  translate: m.origin_translate,
  custom: m.origin_custom,
  answer: m.origin_answer,
  mcp: m.origin_mcp,
};

interface AiPassagesProps {
  provenance: Provenance;
  onBack: () => void;
}

/** Which passages of a note an AI wrote: what for, which model, when, and what is left of each. */
export function AiPassages({ provenance: { spans, percent }, onBack }: AiPassagesProps) {
  return (
    <div className="grid gap-4">
      <div className="flex items-center gap-2">
        <IconButton label={m.common_back()} onClick={onBack} className="md:hidden">
          <ChevronLeft />
        </IconButton>
        <h3 className="text-sm font-medium">
          {m.origin_title()} · {m.origin_percent({ percent })}
        </h3>
      </div>
      <p className="text-[0.8125rem] text-ink-3">{m.origin_list_hint()}</p>
      <ul className="grid gap-3">
        {spans.map(({ id, source, model, excerpt, left, createdAt }) => (
          <li key={id} className="grid gap-1.5 rounded-xl border border-line bg-paper-2 p-3.5">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[0.8125rem] text-ink-3">
              <span className="font-medium text-ink-2">{SOURCE[source]()}</span>
              {model !== null && <span className="break-all">{model}</span>}
              <time dateTime={createdAt.toISOString()}>{fullTime(createdAt)}</time>
              <Badge tone={left > 0 ? 'accent' : 'plain'}>
                {left > 0 ? m.origin_left({ percent: left }) : m.origin_gone()}
              </Badge>
            </p>
            <p className="line-clamp-4 text-sm break-words whitespace-pre-wrap">{excerpt}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
