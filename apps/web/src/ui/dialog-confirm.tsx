import { m } from '@ainotebook/messages';
import type { ReactNode } from 'react';
import { Button } from './button.js';
import { Dialog } from './dialog.js';

interface ConfirmDialogProps {
  isOpen?: boolean;
  onClose: () => void;
  title: string;
  /** What will happen. */
  description: ReactNode;
  confirmLabel: string;
  variant?: 'primary' | 'danger';
  isBusy?: boolean;
  onConfirm: () => void;
  /** A button before the others: another way out. */
  aside?: ReactNode;
  /** What went wrong, when it did. */
  children?: ReactNode;
}

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog({
  isOpen = true,
  confirmLabel,
  variant = 'danger',
  isBusy,
  onConfirm,
  aside,
  ...frame
}: ConfirmDialogProps) {
  return (
    <Dialog
      {...frame}
      isOpen={isOpen}
      size="sm"
      footer={
        <>
          {aside}
          <Button onClick={frame.onClose}>{m.common_cancel()}</Button>
          <Button variant={variant} isBusy={isBusy} onClick={onConfirm}>
            {confirmLabel}
          </Button>
        </>
      }
    />
  );
}
