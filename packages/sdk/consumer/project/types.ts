// What a strict program sees of the published types.
import {
  type AiNotebook,
  type AnswerEvent,
  type ApiError,
  type AppErrorCode,
  type Article,
  createClient,
  type Page,
  type PagePromise,
  type Resources,
  type SaveResult,
  type StoredSession,
} from '@ainotebook/sdk';
import type { VerifiedWebhook, WebhookHeaders } from '@ainotebook/sdk/webhooks';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._equal: Same<A, B> extends true ? [] : ['the types differ']): void {}

type Leaf = Date | AbortSignal | string | number | boolean | null | undefined;
/** Where `any` stands in a type. An import that does not resolve hides from it: `skipLibCheck: false` finds those. */
type Holes<T> = 0 extends 1 & T
  ? 'any'
  : T extends Leaf
    ? never
    : T extends (...args: infer A) => infer R
      ? Holes<A[number]> | Holes<Awaited<R>>
      : T extends AsyncIterable<infer E>
        ? Holes<E>
        : T extends readonly (infer I)[]
          ? Holes<I>
          : { [K in keyof T]-?: Holes<T[K]> extends never ? never : K }[keyof T];

same<Holes<Resources>, never>();
type Hole = ReturnType<typeof JSON.parse>;
same<Holes<{ broken: { at: (input: unknown) => Promise<{ deep: { id: Hole }[] }> } }>, 'broken'>();

const client: AiNotebook = createClient({ baseUrl: 'https://notes.example.org' });

same<Awaited<ReturnType<typeof client.articles.get>>, Article>();
same<Article['status'], 'draft' | 'published' | 'archived'>();
same<Article['createdAt'], Date>();
same<Article['deletedAt'], Date | null>();
same<Article['tags'], string[]>();
same<Article extends { passwordHash: unknown } ? true : false, false>();
same<
  ReturnType<typeof client.revisions.list> extends PagePromise<infer I> ? keyof Page<I> : never,
  'items' | 'nextCursor'
>();
same<SaveResult['status'], 'saved' | 'conflict'>();
same<Extract<AnswerEvent, { type: 'end' }>['message']['createdAt'], Date>();
same<ApiError['code'], AppErrorCode>();
same<'slug_taken' extends AppErrorCode ? true : false, true>();
same<string extends AppErrorCode ? true : false, false>();
same<Parameters<typeof client.publications.schedule>[0]['publishAt'], string | Date>();

same<Holes<VerifiedWebhook>, never>();
same<Extract<VerifiedWebhook, { type: 'article.published' }>['data']['url'], string>();
export const headers: WebhookHeaders[] = [new Headers(), { 'webhook-id': 'x', other: ['a', 'b'] }];

// @ts-expect-error a field that is misspelled
void client.articles.create({ titel: 'x' });
// @ts-expect-error a value that is not there
void client.articles.list({ status: 'lost' });
// @ts-expect-error an input that is missing
void client.articles.get();

/** Options that may be undefined, under `exactOptionalPropertyTypes`. */
export function search(q: string, signal?: AbortSignal): Promise<{ title: string }[]> {
  return client.search.query({ q }, { signal, timeoutMs: undefined }).then(({ items }) => items);
}

export const restore = (text: string): AiNotebook => {
  const session: StoredSession = JSON.parse(text);
  return client.withSession(session, { onChange: async (changed) => void changed.refreshToken });
};
