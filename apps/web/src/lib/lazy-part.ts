import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

// biome-ignore lint/suspicious/noExplicitAny: the bound of React's own `lazy`.
type AnyComponent = ComponentType<any>;

/** A component of a module that is fetched when it is first shown. */
export const lazyPart = <Name extends string, Module extends Record<Name, AnyComponent>>(
  name: Name,
  load: () => Promise<Module>,
): LazyExoticComponent<Module[Name]> => lazy(async () => ({ default: (await load())[name] }));
