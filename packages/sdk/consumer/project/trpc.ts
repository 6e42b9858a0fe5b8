// What somebody with a tRPC client of their own sees. Compiled where tRPC is installed.
import type { Article } from '@ainotebook/sdk';
import type { AppRouter } from '@ainotebook/sdk/trpc';
import { createTRPCClient, httpLink, isTRPCClientError } from '@trpc/client';
import superjson from 'superjson';

const client = createTRPCClient<AppRouter>({
  links: [httpLink({ url: 'https://notes.example.org/api/trpc', transformer: superjson })],
});

export async function read(id: string): Promise<string> {
  const article: Article = await client.articles.get.query({ id });
  const { items } = await client.articles.list.query();
  // @ts-expect-error an id is asked for
  await client.articles.get.query({});
  // @ts-expect-error what is not public is not there
  client.admin;
  return `${article.title} ${items[0]?.updatedAt.getFullYear()}`;
}

export const codeOf = (error: unknown) =>
  isTRPCClientError<AppRouter>(error) && error.data?.appCode === 'slug_taken';
