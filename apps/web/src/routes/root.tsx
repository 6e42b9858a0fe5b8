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
/** A parameter of an address that says something; digits only arrive as a number. */
export const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' || typeof value === 'number') && value !== '' ? `${value}` : undefined;

/** Those parameters of an address that say something. */
export const textsOf = <Name extends string>(
  search: Record<string, unknown>,
  ...names: Name[]
): { [K in Name]?: string } =>
  Object.fromEntries(names.map((name) => [name, textOf(search[name])]).filter(([, text]) => text));
