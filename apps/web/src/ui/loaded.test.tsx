import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { fireEvent, screen } from '@testing-library/dom';
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { both, Loaded } from './loaded.js';

afterEach(cleanup);

function Screen({ ask }: { ask: () => Promise<string> }) {
  const query = useQuery({ queryKey: ['word'], queryFn: ask, retry: false });
  return (
    <>
      <p data-testid="status">{query.status}</p>
      <Loaded query={query} skeleton={<i>bars</i>}>
        {(word) => <input aria-label={word} />}
      </Loaded>
    </>
  );
}

function show(ask: () => Promise<string>) {
  const client = new QueryClient();
  render(
    <QueryClientProvider client={client}>
      <Screen ask={ask} />
    </QueryClientProvider>,
  );
  return client;
}

it('keeps what is shown, and what is typed in it, when it cannot be asked for again', async () => {
  const ask = vi.fn().mockResolvedValueOnce('first').mockRejectedValue(new Error('away'));
  const client = show(ask);
  screen.getByText('bars');
  const field = await screen.findByLabelText('first');
  fireEvent.change(field, { target: { value: 'typed' } });
  await client.refetchQueries({ queryKey: ['word'] });
  await vi.waitFor(() => expect(screen.getByTestId('status').textContent).toBe('error'));
  expect((screen.getByLabelText('first') as HTMLInputElement).value).toBe('typed');
});

it('says what went wrong where there is nothing to show, and tries again', async () => {
  show(vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue('second'));
  fireEvent.click(await screen.findByRole('button'));
  await screen.findByLabelText('second');
});

it('waits for both of two, and asks for both again', () => {
  const known = { data: null, error: null, refetch: vi.fn() };
  const lost = { data: undefined, error: new Error('away'), refetch: vi.fn() };
  expect(both(known, known).data).toEqual([null, null]);
  const asked = both(known, lost);
  expect([asked.data, asked.error]).toEqual([undefined, lost.error]);
  asked.refetch();
  expect([known.refetch, lost.refetch].map((each) => each.mock.calls.length)).toEqual([1, 1]);
});
