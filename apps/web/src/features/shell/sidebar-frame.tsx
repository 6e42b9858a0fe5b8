import { m } from '@ainotebook/messages';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { usePreferences } from '../../lib/preferences.js';
import { returnFocus } from '../../ui/return-focus.js';
import { SidebarResizer } from './sidebar-resizer.js';
import { useSwipeAway } from './use-swipe-away.js';

interface SidebarFrameProps {
  /** In focus mode there is none, whatever was chosen. */
  isHidden: boolean;
  isDrawerOpen: boolean;
  onDrawer: (isOpen: boolean) => void;
  children: ReactNode;
}

/** The sidebar beside the screen, as wide as was chosen; where there is no room, a drawer over it. */
export function SidebarFrame({ isHidden, isDrawerOpen, onDrawer, children }: SidebarFrameProps) {
  const { isSidebarCollapsed, sidebarWidth } = usePreferences();
  return (
    <>
      {!isHidden && !isSidebarCollapsed && (
        <aside
          aria-label={m.nav_sidebar()}
          className="relative hidden shrink-0 border-e border-line lg:block"
          style={{ width: sidebarWidth }}
        >
          {children}
          <SidebarResizer />
        </aside>
      )}
      <Radix.Root open={isDrawerOpen} onOpenChange={onDrawer}>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/35 lg:hidden dark:bg-black/55" />
          <Drawer onClose={() => onDrawer(false)}>{children}</Drawer>
        </Radix.Portal>
      </Radix.Root>
    </>
  );
}

function Drawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const swipe = useSwipeAway(onClose);
  return (
    <Radix.Content
      {...swipe}
      onCloseAutoFocus={returnFocus}
      aria-describedby={undefined}
      className="fixed inset-y-0 start-0 z-50 w-[min(18.5rem,86vw)] animate-drawer touch-pan-y border-e border-line shadow-pop focus:outline-none lg:hidden"
    >
      <Radix.Title className="sr-only">{m.nav_sidebar()}</Radix.Title>
      {children}
    </Radix.Content>
  );
}
