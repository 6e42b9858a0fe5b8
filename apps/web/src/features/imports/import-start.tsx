import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Link, useNavigate } from '@tanstack/react-router';
import { relativeTime } from '../../lib/time.js';
import { trpc } from '../../trpc.js';
import { statusText } from './import-words.js';
import { SourceForm } from './source-form.js';

/** Where an import begins: the source, what was imported before, and how other programs export. */
export function ImportStart() {
  const navigate = useNavigate();
  return (
    <div className="grid gap-10">
      <div className="grid gap-5">
        <p className="text-ink-2">{m.import_lead()}</p>
        <SourceForm onMade={({ id }) => void navigate({ to: '/import', search: { id } })} />
      </div>
      <Recent />
      <HowTo />
    </div>
  );
}

function Recent() {
  const query = trpc.imports.list.useQuery({ limit: LIMITS.importsOpenPerUser });
  const items = query.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-labelledby="recent-imports">
      <h2 id="recent-imports" className="mb-2 text-sm font-semibold">
        {m.import_recent()}
      </h2>
      <ul className="divide-y divide-line border-y border-line">
        {items.map(({ id, sourceName, createdAt, ...session }) => (
          <li key={id}>
            <Link
              to="/import"
              search={{ id }}
              className="flex min-h-11 items-center gap-3 py-2 text-sm hover:bg-hover"
            >
              <span className="min-w-0 flex-1 truncate font-medium">{sourceName}</span>
              <span className="shrink-0 text-[0.8125rem] text-ink-3">
                {statusText(session)} · {relativeTime(createdAt)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function HowTo() {
  const programs: [string, string][] = [
    ['AI-NoteBook', m.import_how_ainotebook()],
    ['Obsidian', m.import_how_obsidian()],
    ['Notion', m.import_how_notion()],
    ['Joplin', m.import_how_joplin()],
    [m.import_program_yuque(), m.import_how_yuque()],
    [m.import_how_blog_name(), m.import_how_blog()],
    [m.import_how_browser_name(), m.import_how_browser()],
  ];
  return (
    <section aria-labelledby="how-to-export">
      <h2 id="how-to-export" className="mb-3 text-sm font-semibold">
        {m.import_how()}
      </h2>
      <dl className="grid gap-4 md:grid-cols-2">
        {programs.map(([name, text]) => (
          <div key={name}>
            <dt className="text-sm font-medium">{name}</dt>
            <dd className="text-[0.8125rem] leading-relaxed text-ink-3">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
