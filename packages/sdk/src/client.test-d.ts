import type { OurErrorShape, AppRouter as ServerRouter } from '@ainotebook/api';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type AiNotebook,
  type AnswerEvent,
  ApiError,
  type AppErrorCode,
  type Article,
  type ArticleSummary,
  type ArticlesGetParams,
  type AssistEvent,
  type ClientOptions,
  createClient,
  type EventStream,
  type FieldIssue,
  isAiNotebookError,
  type Message,
  type Notebook,
  type Page,
  type PagePromise,
  type Publication,
  type RequestOptions,
  type Resources,
  type SaveResult,
  type StoredSession,
} from './index.js';
import type { AppRouter, ErrorShape } from './trpc.js';

const client = createClient({ baseUrl: 'http://127.0.0.1:3000' });

describe('a client', () => {
  it('is a named interface', () => {
    expectTypeOf(client).toEqualTypeOf<AiNotebook>();
    expectTypeOf<AiNotebook>().toExtend<Resources>();
    expectTypeOf(client.withOptions({ timeoutMs: 1 })).toEqualTypeOf<AiNotebook>();
  });

  it('needs a base address and nothing else', () => {
    expectTypeOf<{ baseUrl: string }>().toExtend<ClientOptions>();
    // @ts-expect-error baseUrl is missing
    createClient({});
  });

  it('takes as a session what signing in and renewing answer', () => {
    type Session = Awaited<ReturnType<typeof client.auth.login>>;
    expectTypeOf<Session>().toExtend<StoredSession>();
    expectTypeOf(client.withSession).parameter(0).toEqualTypeOf<StoredSession>();
  });

  it('takes options last in every call, and answers of unknown procedures unchecked', () => {
    expectTypeOf(client.users.me).parameters.toEqualTypeOf<[options?: RequestOptions]>();
    expectTypeOf(client.tags.delete).parameter(1).toEqualTypeOf<RequestOptions | undefined>();
    expectTypeOf(client.$call('query', 'future.thing')).resolves.toBeUnknown();
  });
});

describe('answers', () => {
  it('are named entities with dates that are dates', () => {
    expectTypeOf(client.articles.get({ id: '' })).resolves.toEqualTypeOf<Article>();
    expectTypeOf<Article>().toExtend<ArticleSummary>();
    expectTypeOf<Article['createdAt']>().toEqualTypeOf<Date>();
    expectTypeOf<Article['deletedAt']>().toEqualTypeOf<Date | null>();
    expectTypeOf(client.notebooks.list()).resolves.toEqualTypeOf<Notebook[]>();
    expectTypeOf(client.articles.delete({ id: '' })).resolves.toEqualTypeOf<void>();
  });

  it('say what may be absent', () => {
    const publication = client.publications.get({ articleId: '' });
    expectTypeOf(publication).resolves.toEqualTypeOf<Publication | null>();
  });

  it('of a save are told apart by their status', () => {
    const textOf = (result: SaveResult) =>
      result.status === 'conflict' ? result.current.content : result.contentHash;
    expectTypeOf(textOf).returns.toEqualTypeOf<string>();
  });

  it('of a list are a page and its items', () => {
    const list = client.articles.list();
    expectTypeOf(list).toEqualTypeOf<PagePromise<ArticleSummary>>();
    expectTypeOf(list).resolves.toEqualTypeOf<Page<ArticleSummary>>();
    expectTypeOf(list).toExtend<AsyncIterable<ArticleSummary>>();
  });
});

describe('streams', () => {
  it('are walked like lists, with events told apart by their type', () => {
    const answer = client.messages.stream({ id: '' });
    expectTypeOf(answer).toEqualTypeOf<EventStream<AnswerEvent>>();
    expectTypeOf(client.conversations.chat({ question: '' })).toEqualTypeOf(answer);
    expectTypeOf<Extract<AnswerEvent, { type: 'end' }>['message']>().toEqualTypeOf<Message>();
    const edit = client.assist.edit({ action: 'continue', articleId: '' });
    expectTypeOf(edit).toEqualTypeOf<EventStream<AssistEvent>>();
  });

  it('of a chat follow an answer', () => {
    type Params = Parameters<typeof client.conversations.chat>[0];
    expectTypeOf<{ question: string; follows: Message }>().toExtend<Params>();
    // @ts-expect-error a mutation each would need a key of its own
    client.conversations.chat({ question: '' }, { idempotencyKey: 'one for all' });
  });
});

describe('inputs', () => {
  it('are checked by name and value', () => {
    // @ts-expect-error no such order
    void client.articles.list({ sort: 'length' });
    // @ts-expect-error no such field
    void client.articles.list({ page: 2 });
    // @ts-expect-error an action needs its own fields
    void client.articles.updateMany({ action: 'move', ids: [] });
    // @ts-expect-error an id is required
    void client.articles.get();
  });

  it('may be left out where every field may', () => {
    expectTypeOf(client.articles.create).toBeCallableWith();
    expectTypeOf(client.articles.create).toBeCallableWith({ notebookId: null });
  });

  it('take a date as Date or as text', () => {
    type Input = Parameters<typeof client.publications.schedule>[0];
    expectTypeOf<Input['publishAt']>().toEqualTypeOf<string | Date>();
  });
});

describe('errors', () => {
  it('have codes that can be spelled in one way only', () => {
    expectTypeOf<ApiError['code']>().toEqualTypeOf<AppErrorCode>();
    expectTypeOf<ApiError['issues']>().toEqualTypeOf<FieldIssue[]>();
    expectTypeOf<'slug_taken'>().toExtend<AppErrorCode>();
    expectTypeOf<'slug_takn'>().not.toExtend<AppErrorCode>();
  });

  it('are told from everything else that is thrown', () => {
    const error: unknown = null;
    if (isAiNotebookError(error) && error instanceof ApiError) {
      expectTypeOf(error).toEqualTypeOf<ApiError>();
    }
  });
});

describe('the router of /trpc', () => {
  it('fails as the server does', () => {
    expectTypeOf<ErrorShape>().toEqualTypeOf<OurErrorShape>();
  });

  it('takes and answers what the methods do', () => {
    type In = inferRouterInputs<AppRouter>;
    type Out = inferRouterOutputs<AppRouter>;
    type OfServer = inferRouterInputs<ServerRouter>;
    expectTypeOf<In['articles']['get']>().toEqualTypeOf<ArticlesGetParams>();
    expectTypeOf<In['articles']['list']>().toEqualTypeOf<OfServer['articles']['list']>();
    expectTypeOf<In['tags']['list']>().toEqualTypeOf<OfServer['tags']['list']>();
    expectTypeOf<Out['articles']['list']>().toEqualTypeOf<Page<ArticleSummary>>();
  });
});
