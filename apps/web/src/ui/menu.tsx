import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './cn.js';

/** A menu opened by `trigger`, which must be one focusable element. */
export function Menu({
  trigger,
  children,
  align = 'end',
  onClose,
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'end';
  /** The menu is open for as long as it is drawn; `trigger` is only where it stands. */
  onClose?: () => void;
}) {
  return (
    <Radix.Root
      modal={false}
      {...(onClose && { open: true, onOpenChange: (isOpen) => !isOpen && onClose() })}
    >
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 animate-rise overflow-y-auto rounded-xl border border-line bg-paper p-1.5 shadow-pop"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ITEM =
  'flex h-8 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 text-sm outline-none select-none data-[disabled]:opacity-45 data-[highlighted]:bg-hover max-md:h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3';

interface MenuItemProps {
  icon?: ReactNode;
  onSelect: () => void;
  isDanger?: boolean;
  isDisabled?: boolean;
  shortcut?: string;
  children: ReactNode;
}

export function MenuItem({
  icon,
  onSelect,
  isDanger,
  isDisabled,
  shortcut,
  children,
}: MenuItemProps) {
  return (
    <Radix.Item
      {...(isDisabled ? { disabled: true } : {})}
      onSelect={onSelect}
      className={cn(ITEM, isDanger && 'text-danger [&_svg]:text-danger')}
    >
      {icon}
      <span className="flex-1 truncate">{children}</span>
      {shortcut && <kbd className="font-sans text-xs text-ink-3">{shortcut}</kbd>}
    </Radix.Item>
  );
}

export const MenuSeparator = () => <Radix.Separator className="mx-1 my-1.5 h-px bg-line" />;

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2.5 py-1.5 text-xs text-ink-3">{children}</Radix.Label>;
}
