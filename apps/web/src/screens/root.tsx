import { m } from '@ainotebook/messages';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Toaster } from 'sonner';
import { useTheme } from '../lib/theme.js';

const TOAST = {
  // Long enough to read twice; a pointer over it, or focus in it, holds it.
  duration: 7000,
  style: {
    background: 'var(--paper)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '12px',
    boxShadow: 'var(--shadow-pop)',
    fontFamily: 'inherit',
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

export function RootScreen() {
  const theme = useTheme();
  const isLoading = useRouterState({ select: (state) => state.status === 'pending' });
  return (
    <>
      {isLoading && <div aria-hidden className="progress" />}
      <Outlet />
      <Toaster
        theme={theme}
        position="bottom-center"
        closeButton
        containerAriaLabel={m.toast_region()}
        toastOptions={TOAST}
      />
    </>
  );
}
