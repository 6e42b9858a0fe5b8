import { m } from '@ainotebook/messages';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.js';
import { cn } from './cn.js';
import { returnFocus } from './return-focus.js';

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** Read out with the title. */
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg' | 'xl';
  /** A sheet takes the right edge; on a phone both fill the width. */
  kind?: 'dialog' | 'sheet';
}

const WIDTHS = { sm: 'md:max-w-sm', md: 'md:max-w-md', lg: 'md:max-w-2xl', xl: 'md:max-w-6xl' };

export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  footer,
  size = 'md',
  kind = 'dialog',
}: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/35 dark:bg-black/55" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onCloseAutoFocus={returnFocus}
          className={cn(
            'fixed z-50 flex flex-col bg-paper shadow-pop focus:outline-none',
            kind === 'dialog' &&
              'inset-x-0 bottom-0 max-h-[92dvh] animate-rise rounded-t-2xl border border-line md:inset-auto md:top-1/2 md:left-1/2 md:max-h-[86dvh] md:w-[calc(100vw-3rem)] md:-translate-x-1/2 md:-translate-y-1/2 md:rounded-2xl',
            kind === 'sheet' &&
              'inset-y-0 end-0 w-full animate-sheet border-s border-line md:w-[calc(100vw-4rem)]',
            WIDTHS[size],
          )}
        >
          <header
            className={cn(
              'flex items-start gap-3 px-5 pt-4 md:px-6 md:pt-5',
              children ? 'pb-2' : 'pb-5',
            )}
          >
            <div className="min-w-0 flex-1 pe-10">
              <Radix.Title className="text-[1.0625rem] leading-snug font-semibold">
                {title}
              </Radix.Title>
              {description && (
                <Radix.Description className="mt-1 text-sm text-ink-3">
                  {description}
                </Radix.Description>
              )}
            </div>
          </header>
          {children && (
            <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-2 pb-5 md:px-6">{children}</div>
          )}
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3.5 md:px-6">
              {footer}
            </footer>
          )}
          {/* Last, so that the first field has the focus at first. */}
          <Radix.Close asChild>
            <IconButton
              label={m.common_close()}
              className="absolute end-3 top-3 max-md:end-2 max-md:top-2"
            >
              <X />
            </IconButton>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
