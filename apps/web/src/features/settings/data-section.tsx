import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { CloudUpload, Download, HardDrive, Trash2 } from 'lucide-react';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { useApp } from '../../app-context.js';
import type { Draft } from '../../features/editor/save-types.js';
import { downloadDrafts } from '../../lib/download.js';
import { Button } from '../../ui/button.js';

/** Where the person's texts are, and how to take them away. */
export function DataSection() {
  return (
    <ul className="divide-y divide-line border-y border-line">
      <Row
        icon={<CloudUpload />}
        title={m.import_title()}
        text={m.data_import_text()}
        action={
          <Link
            to="/import"
            className="text-sm text-accent underline underline-offset-4 max-md:py-2.5"
          >
            {m.import_title()}
          </Link>
        }
      />
      <Row icon={<Download />} title={m.data_notes()} text={m.data_notes_text()} />
      <DraftsRow />
      <Row
        icon={<Trash2 />}
        title={m.nav_trash()}
        text={m.trash_rule()}
        action={
          <Link
            to="/notes"
            search={{ view: 'trash' }}
            className="text-sm text-accent underline underline-offset-4 max-md:py-2.5"
          >
            {m.data_trash_open()}
          </Link>
        }
      />
    </ul>
  );
}

function DraftsRow() {
  const { sync } = useApp();
  const pending = useSyncExternalStore(sync.subscribe, sync.getPending);
  const [drafts, setDrafts] = useState<Draft[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again whenever their number changes
  useEffect(() => {
    let isStale = false;
    void sync.drafts().then((found) => {
      if (!isStale) setDrafts(found);
    });
    return () => {
      isStale = true;
    };
  }, [sync, pending]);
  const count = drafts.length;
  return (
    <Row
      icon={<HardDrive />}
      title={m.data_device()}
      text={count === 0 ? m.data_device_none() : m.data_device_some({ count })}
      action={
        <>
          <Link
            to="/sync"
            className="text-sm text-accent underline underline-offset-4 max-md:py-2.5"
          >
            {m.sync_show()}
          </Link>
          {count > 0 && (
            <Button size="sm" onClick={() => downloadDrafts(drafts)}>
              {m.common_download()}
            </Button>
          )}
        </>
      }
    />
  );
}

interface RowProps {
  icon: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
}

function Row({ icon, title, text, action }: RowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-4">
      <span
        aria-hidden
        className="self-start pt-0.5 text-ink-3 [&_svg]:size-5 [&_svg]:stroke-[1.6]"
      >
        {icon}
      </span>
      <div className="min-w-0 flex-1 basis-56">
        <p className="text-sm font-medium">{title}</p>
        <p className="text-[0.8125rem] text-ink-3">{text}</p>
      </div>
      {action}
    </li>
  );
}
