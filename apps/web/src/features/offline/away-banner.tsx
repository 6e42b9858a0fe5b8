import { m } from '@ainotebook/messages';
import { CloudOff } from 'lucide-react';
import { useState } from 'react';
import { useApp } from '../../app-context.js';
import { Button } from '../../ui/button.js';

/** Says that the server is away, and where what is shown comes from. */
export function AwayBanner() {
  const { offline } = useApp();
  const [isTrying, setIsTrying] = useState(false);
  const look = async () => {
    setIsTrying(true);
    await (await offline.load())?.look();
    setIsTrying(false);
  };
  return (
    <div className="flex items-center gap-3 border-b border-line bg-paper-2 py-1 ps-4 pe-2 text-[0.8125rem] text-ink-2">
      <CloudOff aria-hidden className="size-4 shrink-0 text-ink-3 max-sm:hidden" />
      <p role="status" className="min-w-0 flex-1 py-1">
        <span>{m.away_banner()}</span> <span className="max-md:hidden">{m.away_banner_more()}</span>
      </p>
      <Button size="sm" isBusy={isTrying} onClick={() => void look()}>
        {m.unreachable_retry()}
      </Button>
    </div>
  );
}
