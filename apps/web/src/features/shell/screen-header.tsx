import { m } from '@ainotebook/messages';
import { PanelLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../ui/button.js';
import { PageTitle } from '../../ui/page-title.js';
import { useLayout } from './layout-context.js';

/** Top of a screen: its h1, and the way to the sidebar where that is hidden. */
export function ScreenHeader({ title, children }: { title: string; children?: ReactNode }) {
  const { openDrawer } = useLayout();
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 px-3 md:px-4">
      <IconButton label={m.nav_open_sidebar()} onClick={openDrawer} className="lg:hidden">
        <PanelLeft />
      </IconButton>
      <PageTitle
        title={title}
        className="min-w-0 flex-1 truncate ps-1 text-[1.0625rem] font-semibold"
      />
      {children}
    </header>
  );
}
