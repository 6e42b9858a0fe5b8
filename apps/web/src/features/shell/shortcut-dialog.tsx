import { m } from '@ainotebook/messages';
import { Dialog } from '../../ui/dialog.js';
import { ShortcutSheet } from './shortcut-sheet.js';

/** The sheet over whatever is open. */
export function ShortcutDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title={m.shortcuts_title()} size="lg">
      <ShortcutSheet />
    </Dialog>
  );
}
