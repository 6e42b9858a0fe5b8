import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { trpc } from '../../trpc.js';
import { useTags } from './tag-hooks.js';

const CHIP =
  'inline-flex h-6.5 items-center rounded-md bg-paper-3 px-2 text-[0.8125rem] text-ink-2 hover:bg-hover hover:text-ink max-md:h-9';

/** The tags that often stand beside one; nothing while there are none. */
export function RelatedTags({ name, limit = 6 }: { name: string; limit?: number }) {
  const { data: tags } = useTags();
  const wanted = name.toLocaleLowerCase();
  const id = tags?.find((tag) => tag.name.toLocaleLowerCase() === wanted)?.id;
  const { data: related } = trpc.tags.related.useQuery(
    { id: id ?? '', limit },
    { enabled: id !== undefined, staleTime: 60_000 },
  );
  if (!related || related.length === 0) return null;
  return (
    <ul aria-label={m.tags_related()} className="flex flex-wrap gap-1.5">
      {related.map((tag) => (
        <li key={tag.id}>
          <Link to="/notes" search={{ tag: tag.name }} className={CHIP}>
            # {tag.name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
