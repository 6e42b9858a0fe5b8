// For an edge runtime (Cloudflare Workers, Deno, Bun): what is sent to it is kept as a note.
// curl -H 'authorization: Bearer <INBOX_TOKEN>' --data 'Buy tea' https://inbox.example.workers.dev
import { ApiError, createClient } from '@ainotebook/sdk';

/** @typedef {{ AINOTEBOOK_URL: string, AINOTEBOOK_API_KEY: string, INBOX_TOKEN: string }} Env */

export default {
  /** @param {Request} request @param {Env} env */
  async fetch(request, env) {
    // Else everybody could write here.
    if (request.headers.get('authorization') !== `Bearer ${env.INBOX_TOKEN}`) {
      return new Response('Who are you?\n', { status: 401 });
    }
    if (request.method !== 'POST') return new Response('Send a text\n', { status: 405 });
    const content = await request.text();
    const [title = ''] = content.trim().split('\n', 1);
    // The key needs articles:write alone.
    const notes = createClient({ baseUrl: env.AINOTEBOOK_URL, auth: env.AINOTEBOOK_API_KEY });
    try {
      const { id } = await notes.articles.create(
        { title: title.slice(0, 100), content, tags: ['inbox'] },
        // The caller waits.
        { timeoutMs: 10_000, signal: request.signal },
      );
      return Response.json({ id }, { status: 201 });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return Response.json({ code: error.code, requestId: error.requestId }, { status: 502 });
    }
  },
};
