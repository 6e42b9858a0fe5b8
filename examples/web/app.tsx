// React Query over tRPC: the types are `AppRouter` of the SDK, the client is tRPC's own.
import type { AppRouter } from '@ainotebook/sdk/trpc';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { httpLink, type TRPCLink } from '@trpc/client';
import { createTRPCReact } from '@trpc/react-query';
import { type FormEvent, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import superjson from 'superjson';

const trpc = createTRPCReact<AppRouter>();
const queryClient = new QueryClient();
let accessToken: string | null = null;

/** Infinite queries send a direction along; the lists of the server have one, and take nothing they do not know. */
const withoutDirection: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) => {
    if (typeof op.input !== 'object' || op.input === null) return next(op);
    const { direction: _, ...input } = op.input as { direction?: unknown };
    return next({ ...op, input });
  };

const client = trpc.createClient({
  links: [
    withoutDirection,
    httpLink({
      url: '/api/trpc',
      transformer: superjson,
      headers: () => (accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
    }),
  ],
});

const fieldsOf = (event: FormEvent<HTMLFormElement>) => {
  event.preventDefault();
  return new FormData(event.currentTarget);
};

function SignIn({ onDone }: { onDone: () => void }) {
  const login = trpc.auth.login.useMutation({
    onSuccess: (session) => {
      accessToken = session.accessToken;
      onDone();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const data = fieldsOf(event);
    const [email, password] = [String(data.get('email')), String(data.get('password'))];
    login.mutate({ email, password, session: 'token' });
  };
  return (
    <form onSubmit={submit}>
      <label>
        Email <input name="email" type="email" required />
      </label>
      <label>
        Password <input name="password" type="password" required />
      </label>
      <button type="submit" disabled={login.isPending}>
        Sign in
      </button>
      {/* Codes are stable, messages are not. */}
      {login.error?.data?.appCode === 'invalid_credentials' && <p role="alert">That is wrong.</p>}
    </form>
  );
}

function Notes() {
  const utils = trpc.useUtils();
  const notes = trpc.articles.list.useInfiniteQuery(
    { limit: 20 },
    { getNextPageParam: (page) => page.nextCursor },
  );
  const create = trpc.articles.create.useMutation({
    onSuccess: () => utils.articles.list.invalidate(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const title = String(fieldsOf(event).get('title'));
    create.mutate({ title });
    event.currentTarget.reset();
  };
  return (
    <>
      <form onSubmit={submit}>
        <label>
          New note <input name="title" required />
        </label>
        <button type="submit">Add</button>
      </form>
      <ul>
        {notes.data?.pages
          .flatMap(({ items }) => items)
          .map(({ id, title, updatedAt }) => (
            <li key={id}>
              {title} <time>{updatedAt.toLocaleDateString()}</time>
            </li>
          ))}
      </ul>
      {notes.hasNextPage && (
        <button type="button" onClick={() => notes.fetchNextPage()}>
          More
        </button>
      )}
    </>
  );
}

function App() {
  const [isSignedIn, setSignedIn] = useState(false);
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>
        <h1>Notes with React Query</h1>
        {isSignedIn ? <Notes /> : <SignIn onDone={() => setSignedIn(true)} />}
      </QueryClientProvider>
    </trpc.Provider>
  );
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
