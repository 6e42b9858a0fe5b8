// What a person does with archives, over HTTP: exports, downloads, uploads, imports. Every call may be cut off.
import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 20_000;
const POLL_MS = 20;

/** @param {{ baseUrl: string, token: string, waitMs?: number }} options `waitMs` for what takes long */
export function createArchiveClient({ baseUrl, token, waitMs = 60_000 }) {
  async function send(path, { deadlineMs = DEADLINE_MS, headers, ...init } = {}) {
    const answer = await fetch(`${baseUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: AbortSignal.timeout(deadlineMs),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
  const dataOf = async (answer) => (await (await answer).json()).result.data.json;
  const ask = (name, input = {}) =>
    dataOf(send(`/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`));
  const tell = (name, input) =>
    dataOf(
      send(`/api/trpc/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ json: input }),
      }),
    );

  async function until(look) {
    const began = performance.now();
    for (let waited = 0; waited < waitMs; waited = performance.now() - began) {
      const found = await look();
      if (found) return found;
      // What takes a minute need not be asked for fifty times a second, nor may it be.
      await sleep(Math.max(POLL_MS, waited / 50));
    }
    throw new Error('it has not ended in time');
  }

  const newest = async (list) => (await ask(list)).items[0];

  async function exportReady() {
    if (!(await newest('exports.list'))) await tell('exports.create', { kind: 'everything' });
    return until(async () => {
      const made = await newest('exports.list');
      if (made.status === 'failed') throw new Error('the export has failed');
      return made.status === 'ready' && made;
    });
  }

  async function upload(blob) {
    const body = new FormData();
    body.set('file', blob, 'export.zip');
    await send('/api/imports', { method: 'POST', body, deadlineMs: waitMs });
  }

  return {
    tell,
    upload,
    /** Waits until what was uploaded is read. */
    preview: () => until(async () => (await newest('imports.list')).status === 'ready'),
    /** Imports an archive as far as it goes; called again, it goes on. @returns the session */
    import: async (blob, onStatus = () => undefined) => {
      if (!(await newest('imports.list'))) await upload(blob);
      return until(async () => {
        const session = await newest('imports.list');
        onStatus(session.status);
        if (session.status === 'ready') await tell('imports.start', { id: session.id });
        return ['done', 'failed'].includes(session.status) && session;
      });
    },
    /** Has everything exported; called again, it goes on. */
    exportReady,
    /** As `exportReady`, and loads it. @returns the body of the answer */
    export: async () => {
      const { url } = await exportReady();
      return send(url, { deadlineMs: waitMs });
    },
  };
}
