import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { App } from './app-context.js';
import type { ArticleFilter } from './features/articles/article-hooks.js';
import { onboarding } from './features/onboarding/progress.js';
import { chunk } from './lib/chunks.js';
import { CrashScreen } from './screens/missing.js';
import { RootScreen } from './screens/root.js';
import { NoAccessScreen, NotFoundScreen } from './screens/system.js';

const root = createRootRouteWithContext<{ app: App }>()({
  component: RootScreen,
  notFoundComponent: NotFoundScreen,
  errorComponent: CrashScreen,
});

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Addresses of this app only: a link must not send people elsewhere after signing in. */
const ownPath = (value: unknown): string | undefined => {
  const path = textOf(value);
  return path?.startsWith('/') && !/^\/[/\\]/.test(path) ? path : undefined;
};

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/home' });
  },
});

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
    const href = isNew ? '/welcome' : (search.to ?? '/home');
    // Published pages are the server's.
    throw redirect({ href, reloadDocument: href.startsWith('/p/') });
  },
});

const login = createRoute({
  getParentRoute: () => visitor,
  path: '/login',
  component: lazyRouteComponent(
    chunk(() => import('./screens/login.js')),
    'LoginScreen',
  ),
});

const register = createRoute({
  getParentRoute: () => visitor,
  path: '/register',
  validateSearch: (search: Record<string, unknown>): { invitation?: string; setup?: string } => {
    const invitation = textOf(search.invitation);
    const setup = textOf(search.setup);
    return { ...(invitation ? { invitation } : {}), ...(setup ? { setup } : {}) };
  },
  component: lazyRouteComponent(
    chunk(() => import('./screens/register.js')),
    'RegisterScreen',
  ),
});

/** Open to the signed-in too: the link may be for another account. */
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  validateSearch: (search: Record<string, unknown>): { token?: string } => {
    const token = textOf(search.token);
    return token ? { token } : {};
  },
  component: lazyRouteComponent(
    chunk(() => import('./screens/reset-password.js')),
    'ResetPasswordScreen',
  ),
});

const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot',
  component: lazyRouteComponent(
    chunk(() => import('./screens/forgot-password.js')),
    'ForgotPasswordScreen',
  ),
});

/** Links from mails are opened on any device, signed in or not. */
const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  validateSearch: (search: Record<string, unknown>): { token?: string; purpose?: 'change' } => {
    const token = textOf(search.token);
    return {
      ...(token ? { token } : {}),
      ...(search.purpose === 'change' ? { purpose: search.purpose } : {}),
    };
  },
  component: lazyRouteComponent(
    chunk(() => import('./screens/verify-email.js')),
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
    chunk(() => import('./screens/welcome.js')),
    'WelcomeScreen',
  ),
});

const member = createRoute({
  getParentRoute: () => root,
  id: 'member',
  beforeLoad: ({ context, location }) => {
    if (context.app.session.getState().status !== 'signed-in') {
      const isHome = location.pathname === '/home';
      throw redirect({ to: '/login', search: isHome ? {} : { to: location.href } });
    }
  },
  component: lazyRouteComponent(
    chunk(() => import('./screens/shell.js')),
    'ShellScreen',
  ),
});

const home = createRoute({
  getParentRoute: () => member,
  path: '/home',
  component: lazyRouteComponent(
    chunk(() => import('./screens/home.js')),
    'HomeScreen',
  ),
});

const searchScreen = createRoute({
  getParentRoute: () => member,
  path: '/search',
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    const q = textOf(typeof search.q === 'number' ? String(search.q) : search.q);
    return q ? { q } : {};
  },
  component: lazyRouteComponent(
    chunk(() => import('./screens/search.js')),
    'SearchScreen',
  ),
});

const tags = createRoute({
  getParentRoute: () => member,
  path: '/tags',
  component: lazyRouteComponent(
    chunk(() => import('./screens/tags.js')),
    'TagsScreen',
  ),
});

const notes = createRoute({
  getParentRoute: () => member,
  path: '/notes',
  validateSearch: (search: Record<string, unknown>): ArticleFilter => {
    const notebook = textOf(search.notebook);
    // A tag of digits only arrives as a number.
    const tag = textOf(typeof search.tag === 'number' ? String(search.tag) : search.tag);
    const { view, sort } = search;
    return {
      ...(notebook ? { notebook } : {}),
      ...(tag ? { tag } : {}),
      ...(view === 'trash' || view === 'archived' ? { view } : {}),
      ...(sort === 'createdAt' || sort === 'title' ? { sort } : {}),
    };
  },
  component: lazyRouteComponent(
    chunk(() => import('./screens/notes.js')),
    'NotesScreen',
  ),
});

const noArticle = createRoute({
  getParentRoute: () => notes,
  path: '/',
  component: lazyRouteComponent(
    chunk(() => import('./screens/notes.js')),
    'NoArticleScreen',
  ),
});

const article = createRoute({
  getParentRoute: () => notes,
  path: '$articleId',
  component: lazyRouteComponent(
    chunk(() => import('./screens/article.js')),
    'ArticleScreen',
  ),
});

const pricing = createRoute({
  getParentRoute: () => member,
  path: '/pricing',
  component: lazyRouteComponent(
    chunk(() => import('./screens/membership.js')),
    'PricingScreen',
  ),
});

const idOf = (search: Record<string, unknown>): { id?: string } => {
  const id = textOf(search.id);
  return id ? { id } : {};
};

const orders = createRoute({
  getParentRoute: () => member,
  path: '/orders',
  validateSearch: idOf,
  component: lazyRouteComponent(
    chunk(() => import('./screens/membership.js')),
    'OrdersScreen',
  ),
});

const importScreen = createRoute({
  getParentRoute: () => member,
  path: '/import',
  validateSearch: idOf,
  component: lazyRouteComponent(
    chunk(() => import('./screens/import.js')),
    'ImportScreen',
  ),
});

const chat = createRoute({
  getParentRoute: () => member,
  path: '/chat/{-$conversationId}',
  component: lazyRouteComponent(
    chunk(() => import('./screens/chat.js')),
    'ChatScreen',
  ),
});

const published = createRoute({
  getParentRoute: () => member,
  path: '/published',
  component: lazyRouteComponent(
    chunk(() => import('./screens/published.js')),
    'PublishedScreen',
  ),
});

/** Fetched while there is a network: it is wanted most when there is none. */
const syncScreen = lazyRouteComponent(
  chunk(() => import('./screens/sync.js')),
  'SyncScreen',
);
export const loadSyncScreen = (): void => {
  syncScreen.preload?.()?.catch(() => undefined);
};

const sync = createRoute({
  getParentRoute: () => member,
  path: '/sync',
  component: syncScreen,
});

const notifications = createRoute({
  getParentRoute: () => member,
  path: '/notifications',
  component: lazyRouteComponent(
    chunk(() => import('./screens/notifications.js')),
    'NotificationsScreen',
  ),
});

const settings = createRoute({
  getParentRoute: () => member,
  path: '/settings',
  component: lazyRouteComponent(
    chunk(() => import('./screens/settings.js')),
    'SettingsScreen',
  ),
});

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(
    chunk(() => import('./screens/settings.js')),
    'SettingsIndex',
  ),
});

const settingsPage = <Path extends string>(
  path: Path,
  name: keyof typeof import('./screens/settings-pages.js'),
) =>
  createRoute({
    getParentRoute: () => settings,
    path,
    component: lazyRouteComponent(
      chunk(() => import('./screens/settings-pages.js')),
      name,
    ),
  });

const settingsPages = [
  settingsPage('profile', 'ProfilePage'),
  settingsPage('security', 'SecurityPage'),
  settingsPage('language', 'LanguagePage'),
  settingsPage('plan', 'PlanPage'),
  settingsPage('data', 'DataPage'),
  settingsPage('appearance', 'AppearancePage'),
  settingsPage('editor', 'EditorPage'),
  settingsPage('shortcuts', 'ShortcutsPage'),
] as const;

/** The address is for other accounts. */
class NoAccess extends Error {}

const ADMIN_TABS = [
  'invitations',
  'reports',
  'plans',
  'orders',
  'codes',
  'revenue',
  'jobs',
  'site',
] as const;
type AdminTab = (typeof ADMIN_TABS)[number];

const admin = createRoute({
  getParentRoute: () => member,
  path: '/admin',
  validateSearch: (search: Record<string, unknown>): { tab?: AdminTab } => {
    const tab = ADMIN_TABS.find((known) => known === search.tab);
    return tab ? { tab } : {};
  },
  beforeLoad: ({ context }) => {
    const state = context.app.session.getState();
    if (state.status === 'signed-in' && state.user.role !== 'admin') throw new NoAccess();
  },
  errorComponent: (props) =>
    props.error instanceof NoAccess ? <NoAccessScreen /> : <CrashScreen {...props} />,
  component: lazyRouteComponent(
    chunk(() => import('./screens/admin.js')),
    'AdminScreen',
  ),
});

const routeTree = root.addChildren([
  index,
  visitor.addChildren([login, register]),
  reset,
  forgot,
  verify,
  welcome,
  member.addChildren([
    home,
    searchScreen,
    tags,
    notes.addChildren([noArticle, article]),
    pricing,
    orders,
    chat,
    importScreen,
    published,
    sync,
    notifications,
    settings.addChildren([settingsIndex, ...settingsPages]),
    admin,
  ]),
]);

export const createAppRouter = (app: App) =>
  createRouter({
    routeTree,
    context: { app },
    // Below the frame what went wrong stays within it.
    defaultErrorComponent: CrashScreen,
    defaultPreload: 'intent',
    defaultPendingMs: 150,
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
  interface HistoryState {
    /** What was typed as the address before "forgot password". */
    email?: string;
  }
}
