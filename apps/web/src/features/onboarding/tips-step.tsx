import { m } from '@ainotebook/messages';
import { Globe, Search, ShieldCheck } from 'lucide-react';
import { Kbd } from '../../ui/kbd.js';
import { SHORTCUTS } from '../shell/shortcuts.js';

/** Three things worth knowing on the first day. */
export function TipsStep() {
  const tips = [
    {
      icon: <Search />,
      title: m.welcome_tip_find(),
      text: m.welcome_tip_find_text(),
      aside: <Kbd shortcut={SHORTCUTS.search} className="pointer-coarse:hidden" />,
    },
    { icon: <Globe />, title: m.welcome_tip_publish(), text: m.welcome_tip_publish_text() },
    { icon: <ShieldCheck />, title: m.welcome_tip_safe(), text: m.welcome_tip_safe_text() },
  ];
  return (
    <ol className="grid gap-3">
      {tips.map(({ icon, title, text, aside }) => (
        <li key={title} className="flex gap-4 rounded-xl border border-line bg-paper px-4 py-3.5">
          <span
            aria-hidden
            className="grid size-9 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent-strong [&_svg]:size-4.5"
          >
            {icon}
          </span>
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-x-2.5 font-medium">
              {title}
              {aside}
            </p>
            <p className="mt-0.5 text-sm text-ink-2">{text}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
