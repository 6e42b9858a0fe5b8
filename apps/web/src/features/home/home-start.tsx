import { m } from '@ainotebook/messages';
import { PenLine, Pin, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { shortcutLabel } from '../../lib/keys.js';

interface HomeStartProps {
  onNew: () => void;
  onFind: () => void;
}

/** What a person without notes sees: what belongs here and how it gets here. */
export function HomeStart({ onNew, onFind }: HomeStartProps) {
  return (
    <div className="animate-rise">
      <h2 className="font-semibold">{m.home_empty_title()}</h2>
      <p className="mt-1 text-sm text-ink-3">{m.home_empty_text()}</p>
      <ul className="mt-5 grid gap-3 sm:grid-cols-3">
        <Tip icon={<PenLine />} title={m.home_empty_note()} onChoose={onNew}>
          {m.home_empty_note_text()}
        </Tip>
        <Tip icon={<Search />} title={m.home_empty_find()} onChoose={onFind}>
          {m.home_empty_find_text({ keys: shortcutLabel('mod+k') })}
        </Tip>
        <Tip icon={<Pin />} title={m.home_empty_pin()}>
          {m.home_empty_pin_text()}
        </Tip>
      </ul>
    </div>
  );
}

interface TipProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  onChoose?: () => void;
}

function Tip({ icon, title, children, onChoose }: TipProps) {
  const content = (
    <>
      <span className="text-accent [&_svg]:size-5 [&_svg]:stroke-[1.6]">{icon}</span>
      <span className="mt-2 block font-medium">{title}</span>
      <span className="mt-0.5 block text-[0.8125rem] leading-normal text-ink-3">{children}</span>
    </>
  );
  const look = 'block h-full w-full rounded-2xl border border-line p-4 text-start';
  return (
    <li>
      {onChoose ? (
        <button type="button" onClick={onChoose} className={`${look} hover:bg-hover`}>
          {content}
        </button>
      ) : (
        <div className={look}>{content}</div>
      )}
    </li>
  );
}
