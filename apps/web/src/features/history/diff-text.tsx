import type { RevisionDiff } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';

/** An unchanged stretch longer than this is folded. */
const FOLD_OVER = 600;
const KEPT = 200;

const fold = (text: string): string =>
  text.length > FOLD_OVER ? `${text.slice(0, KEPT)}\n\n⋯\n\n${text.slice(-KEPT)}` : text;

/** What changed since, word by word: marked by colour, by line, and by name for screen readers. */
export function DiffText({ diff }: { diff: RevisionDiff }) {
  const { title, content } = diff;
  const isSame = title.from === title.to && content.every((part) => part.kind === 'same');
  if (isSame) return <p className="text-sm text-ink-2">{m.history_no_changes()}</p>;
  return (
    <div className="rounded-xl border border-line bg-paper-2 p-5 leading-relaxed break-words whitespace-pre-wrap">
      <p className="mb-3 text-lg font-semibold">
        {title.from === title.to ? (
          title.to || m.article_untitled()
        ) : (
          <>
            <Removed>{title.from}</Removed> <Added>{title.to}</Added>
          </>
        )}
      </p>
      {content.map((part, index) => {
        // Parts of a fixed text have no other name.
        const key = index;
        if (part.kind === 'added') return <Added key={key}>{part.text}</Added>;
        if (part.kind === 'removed') return <Removed key={key}>{part.text}</Removed>;
        return <span key={key}>{fold(part.text)}</span>;
      })}
    </div>
  );
}

function Added({ children }: { children: string }) {
  return (
    <ins className="rounded-sm bg-good-soft text-good decoration-good/50 underline-offset-4">
      <span className="sr-only">{m.history_added()}</span>
      {children}
    </ins>
  );
}

function Removed({ children }: { children: string }) {
  return (
    <del className="rounded-sm bg-danger-soft text-danger decoration-danger/60">
      <span className="sr-only">{m.history_removed()}</span>
      {children}
    </del>
  );
}
