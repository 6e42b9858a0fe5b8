import { m } from '@ainotebook/messages';
import { usePreferences } from '../../lib/preferences.js';
import { Kbd } from '../../ui/kbd.js';
import { shortcutGroups } from './shortcut-groups.js';

/** Every shortcut; the single keys only while they are on. */
export function ShortcutSheet() {
  const { hasSingleKeys } = usePreferences();
  return (
    <div className="gap-x-10 md:columns-2">
      {shortcutGroups().map(({ title, rows }) => (
        <section key={title} className="mb-6 break-inside-avoid">
          <h3 className="mb-1 text-xs font-medium text-ink-3">{title}</h3>
          <dl>
            {rows.map(({ label, keys, singleKey }) => (
              <div
                key={label}
                className="flex min-h-9 items-center justify-between gap-4 border-b border-line py-1 text-sm last:border-0"
              >
                <dt className="text-ink-2">{label}</dt>
                <dd className="flex flex-wrap items-center justify-end gap-1.5">
                  {keys.map((key) => (
                    <Kbd key={key} shortcut={key} />
                  ))}
                  {hasSingleKeys && singleKey && (
                    <>
                      {keys.length > 0 && (
                        <span className="text-xs text-ink-3">{m.shortcuts_or()}</span>
                      )}
                      <Kbd shortcut={singleKey} />
                    </>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
