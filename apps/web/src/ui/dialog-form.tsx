import { m } from '@ainotebook/messages';
import { type FormEvent, type ReactNode, useId } from 'react';
import { Button } from './button.js';
import { Dialog } from './dialog.js';

interface FormDialogProps {
  isOpen?: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  /** The words of the button that leaves. */
  closeLabel?: string;
  submitLabel: string;
  variant?: 'primary' | 'danger';
  isBusy?: boolean;
  /** Until then the button is dim, and Enter does nothing. */
  canSubmit?: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** A dialog that is one form: its fields are the children, and leaving and sending are below them. */
export function FormDialog({
  isOpen = true,
  closeLabel = m.common_cancel(),
  submitLabel,
  variant = 'primary',
  isBusy = false,
  canSubmit = true,
  onSubmit,
  children,
  ...frame
}: FormDialogProps) {
  const formId = useId();
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (canSubmit && !isBusy) onSubmit();
  }
  return (
    <Dialog
      {...frame}
      isOpen={isOpen}
      footer={
        <>
          <Button onClick={frame.onClose}>{closeLabel}</Button>
          <Button
            type="submit"
            form={formId}
            variant={variant}
            isBusy={isBusy}
            disabled={!canSubmit}
          >
            {submitLabel}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={submit} className="grid gap-5">
        {children}
      </form>
    </Dialog>
  );
}
