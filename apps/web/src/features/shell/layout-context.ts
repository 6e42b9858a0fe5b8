import { createContext, use } from 'react';

/** What screens may ask of the frame around them. */
export interface Layout {
  /** Brings the sidebar back, or opens it over the screen where there is no room. */
  openSidebar: () => void;
  closeSidebar: () => void;
  openPalette: () => void;
  openShortcuts: () => void;
  isFocusMode: boolean;
  toggleFocusMode: () => void;
}

export const LayoutContext = createContext<Layout | null>(null);

export function useLayout(): Layout {
  const layout = use(LayoutContext);
  if (!layout) throw new Error('LayoutContext is missing');
  return layout;
}
