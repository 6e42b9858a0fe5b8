import { m } from '@ainotebook/messages';
import { useState } from 'react';

/** What a form says, a field a line; null where the text is none. */
function fieldsOf(body: string): string | null {
  if (!/^[\w.-]+=/.test(body)) return null;
  return [...new URLSearchParams(body)].map(([name, value]) => `${name}: ${value}`).join('\n');
}

/** A notice as it came, or as people read it. */
export function RawBody({ body }: { body: string }) {
  const fields = fieldsOf(body);
  const [isRaw, setIsRaw] = useState(fields === null);
  return (
    <div className="border-t border-line">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: nothing in it takes the focus, and arrows have to scroll it
        tabIndex={0}
        className="max-h-72 overflow-auto p-3 font-mono text-xs break-all whitespace-pre-wrap select-text"
      >
        {isRaw ? body : fields}
      </pre>
      {fields !== null && (
        <button
          type="button"
          className="px-3 pb-2.5 text-xs text-ink-2 underline underline-offset-4 max-md:py-3"
          onClick={() => setIsRaw(!isRaw)}
        >
          {isRaw ? m.shop_notice_readable() : m.shop_notice_raw()}
        </button>
      )}
    </div>
  );
}
