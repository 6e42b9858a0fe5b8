import { m } from '@ainotebook/messages';
import { Dialog } from '../../ui/dialog.js';
import { ShortcutSheet } from './shortcut-sheet.js';

/** The sheet over whatever is open. */
export function ShortcutDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title={m.shortcuts_title()} size="lg">
      <section
        aria-label={m.shortcuts_title()}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: nothing in it takes the focus, and arrows have to scroll it
        tabIndex={0}
        className="rounded-sm outline-offset-8"
      >
        <ShortcutSheet />
      </section>
    </Dialog>
  );
}
