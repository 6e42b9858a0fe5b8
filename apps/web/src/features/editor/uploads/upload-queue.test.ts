import { expect, it, vi } from 'vitest';
import type { App } from '../../../app-context.js';
import { createQueue } from './upload-queue.js';
import type { Change, Upload } from './use-uploads.js';

const MAX = 2_000_000;

it('says how large a file may be before any of it is sent', async () => {
  const changes: Change[] = [];
  const usage = vi.fn(async () => ({ maxFileBytes: MAX }));
  const accessToken = vi.fn();
  const server = { session: { accessToken }, api: { files: { usage: { query: usage } } } };
  const queue = createQueue(
    server as unknown as App,
    (change) => changes.push(change),
    () => undefined,
  );
  queue.add([new File([new Uint8Array(MAX + 1)], 'a.pdf', { type: 'application/pdf' })]);
  await vi.waitFor(() =>
    expect(changes.at(-1)).toMatchObject({
      type: 'became',
      state: { kind: 'failed', code: 'too_large', maxBytes: MAX } satisfies Upload['state'],
    }),
  );
  expect(accessToken).not.toHaveBeenCalled();
});
