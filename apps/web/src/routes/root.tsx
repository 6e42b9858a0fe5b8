import { createRootRouteWithContext } from '@tanstack/react-router';
import type { App } from '../app-context.js';
import { CrashScreen } from '../screens/missing.js';
import { RootScreen } from '../screens/root.js';
import { NotFoundScreen } from '../screens/system.js';

export const root = createRootRouteWithContext<{ app: App }>()({
  component: RootScreen,
  notFoundComponent: NotFoundScreen,
  errorComponent: CrashScreen,
});
/** A parameter of an address that says something. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
