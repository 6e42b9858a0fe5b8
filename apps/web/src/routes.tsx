import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { App } from './app-context.js';
import type { ArticleFilter } from './features/articles/article-hooks.js';
import { chunk } from './lib/chunks.js';
import { arriving } from './routes/arriving.js';
import { root, textsOf } from './routes/root.js';
import { CrashScreen } from './screens/missing.js';
import { NoAccessScreen } from './screens/system.js';

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/home' });
  },
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
  validateSearch: (search: Record<string, unknown>) => textsOf(search, 'q'),
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
    const { view, sort } = search;
    return {
      ...textsOf(search, 'notebook', 'tag'),
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
  // `from`: the article of a reader; with the others WeChat's browser comes back.
  validateSearch: (search: Record<string, unknown>) => textsOf(search, 'from', 'code', 'state'),
  component: lazyRouteComponent(
    chunk(() => import('./screens/membership.js')),
    'PricingScreen',
  ),
});

const idOf = (search: Record<string, unknown>) => textsOf(search, 'id');

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
  /** Of the note that the first question is about. */
  validateSearch: idOf,
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
  settingsPage('keys', 'KeysPage'),
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
  'invoices',
  'revenue',
  'jobs',
  'ai',
  'server',
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
  ...arriving,
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
