// How people come in: what is open to visitors, and the first steps of a new account.
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { onboarding } from '../features/onboarding/progress.js';
import { chunk } from '../lib/chunks.js';
import { root, textOf, textsOf } from './root.js';

/** Addresses of this app only: a link must not send people elsewhere after signing in. */
const ownPath = (value: unknown): string | undefined => {
  const path = textOf(value);
  return path?.startsWith('/') && !/^\/[/\\]/.test(path) ? path : undefined;
};

/** Screens for visitors; whoever is signed in is taken on. */
const visitor = createRoute({
  getParentRoute: () => root,
  id: 'visitor',
  validateSearch: (search: Record<string, unknown>): { to?: string } => {
    const to = ownPath(search.to);
    return to ? { to } : {};
  },
  beforeLoad: ({ context, search }) => {
    const state = context.app.session.getState();
    if (state.status !== 'signed-in') return;
    const isNew = onboarding.of(state.user.id) !== null;
    // Who came for an article is taken back to it; the tour is for who came for the notebook.
    const href = search.to ?? (isNew ? '/welcome' : '/home');
    // Published pages are the server's.
    throw redirect({ href, reloadDocument: href.startsWith('/p/') });
  },
});

const login = createRoute({
  getParentRoute: () => visitor,
  path: '/login',
  component: lazyRouteComponent(
    chunk(() => import('../screens/login.js')),
    'LoginScreen',
  ),
});

const register = createRoute({
  getParentRoute: () => visitor,
  path: '/register',
  validateSearch: (search: Record<string, unknown>) => textsOf(search, 'invitation', 'setup'),
  component: lazyRouteComponent(
    chunk(() => import('../screens/register.js')),
    'RegisterScreen',
  ),
});

/** Open to the signed-in too: the link may be for another account. */
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  validateSearch: (search: Record<string, unknown>) => textsOf(search, 'token'),
  component: lazyRouteComponent(
    chunk(() => import('../screens/reset-password.js')),
    'ResetPasswordScreen',
  ),
});

const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot',
  component: lazyRouteComponent(
    chunk(() => import('../screens/forgot-password.js')),
    'ForgotPasswordScreen',
  ),
});

/** Links from mails are opened on any device, signed in or not. */
const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  validateSearch: (search: Record<string, unknown>): { token?: string; purpose?: 'change' } => {
    return {
      ...textsOf(search, 'token'),
      ...(search.purpose === 'change' ? { purpose: search.purpose } : {}),
    };
  },
  component: lazyRouteComponent(
    chunk(() => import('../screens/verify-email.js')),
    'VerifyEmailScreen',
  ),
});

/** The first steps of a new account, which have the window for themselves. */
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  beforeLoad: ({ context }) => {
    const state = context.app.session.getState();
    if (state.status !== 'signed-in') throw redirect({ to: '/login', search: { to: '/welcome' } });
    if (!onboarding.of(state.user.id)) throw redirect({ to: '/home' });
  },
  component: lazyRouteComponent(
    chunk(() => import('../screens/welcome.js')),
    'WelcomeScreen',
  ),
});

export const arriving = [
  visitor.addChildren([login, register]),
  reset,
  forgot,
  verify,
  welcome,
] as const;
