import { m } from '@ainotebook/messages';
import { useEffect } from 'react';
import { Toaster as Sonner, toast as show } from 'sonner';
import { useTheme } from '../lib/theme.js';
import { onToast, takeToasts } from './toast.js';

const LOOK = {
  // Long enough to read twice; a pointer over it, or focus in it, holds it.
  duration: 7000,
  style: {
    background: 'var(--paper)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '12px',
    boxShadow: 'var(--shadow-pop)',
    // Not inherited: that would be the library's own.
    fontFamily: 'var(--font-sans)',
    fontSize: '0.875rem',
  },
  actionButtonStyle: {
    background: 'var(--accent)',
    color: 'var(--on-accent)',
    borderRadius: '8px',
    height: '28px',
    paddingInline: '10px',
  },
};

function showAll(): void {
  for (const { kind, text, options } of takeToasts()) show[kind](text, options);
}

/** Draws the notices. */
export function Toaster() {
  const theme = useTheme();
  useEffect(() => {
    showAll();
    return onToast(showAll);
  }, []);
  return (
    <Sonner
      theme={theme}
      position="bottom-center"
      closeButton
      containerAriaLabel={m.toast_region()}
      toastOptions={LOOK}
    />
  );
}
