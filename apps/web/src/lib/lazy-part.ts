import { type LazyExoticComponent, lazy } from 'react';

/** What React's own `lazy` takes. */
type AnyComponent = Awaited<ReturnType<Parameters<typeof lazy>[0]>>['default'];

/** A component of a module that is fetched when it is first shown. */
export const lazyPart = <Name extends string, Module extends Record<Name, AnyComponent>>(
  name: Name,
  load: () => Promise<Module>,
): LazyExoticComponent<Module[Name]> => lazy(async () => ({ default: (await load())[name] }));
