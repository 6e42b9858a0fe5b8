// Read by generate.mjs through the compiler; never published.
import type { AppRouter } from '@ainotebook/api';
import type { SdkTypes } from '@ainotebook/api/sdk-types';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

export type In = inferRouterInputs<AppRouter>;
export type Out = inferRouterOutputs<AppRouter>;
export type Procedures = AppRouter['_def']['record'];
export type Names = SdkTypes;
/** What each part of a stream is; anything else as it is. */
export type EventOf<T> = T extends AsyncIterable<infer E> ? E : T;
type Events<T> = { [R in keyof T]: { [M in keyof T[R]]: EventOf<T[R][M]> } };
export type Parts = Events<Out>;
