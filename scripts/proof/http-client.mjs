// A client of the API that keeps its connection between requests, as a proxy does.
import * as http from 'node:http';
import * as https from 'node:https';

const DEADLINE_MS = 20_000;

/** The value in the answer of a procedure; undefined in that of a failed one, and where there was none. */
const dataOf = (text) => JSON.parse(text)?.result?.data.json;

/**
 * One connection at a time.
 * @param baseUrl of the server
 * @param address the client's, as a proxy on this machine would tell it: budgets are counted by address
 * @param network `localAddress` it really comes from, where a proxy looks; `ca` of a certificate it is to believe
 * @param told `onRequest()` before each, `onFailure(text)` of a status from 400 on and of no answer,
 *   `onAnswer(ms)` of every other
 */
export function createHttpClient(baseUrl, { address, network, onRequest, onFailure, onAnswer }) {
  const { Agent, request } = baseUrl.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...network });
  const send = (method, path, { token, body } = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify({ json: body });
      const headers = {
        ...(address ? { 'x-forwarded-for': address } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      };
      const sent = request(
        `${baseUrl}${path}`,
        { agent, method, headers, timeout: DEADLINE_MS },
        (answer) => {
          let got = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk) => {
            got += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode, text: got }));
          answer.on('error', reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer in ${DEADLINE_MS} ms`)));
      sent.on('error', reject);
      sent.end(text);
    });
  return {
    /** @returns the text of the answer, null when there was none */
    async call(method, path, options) {
      onRequest?.();
      const began = performance.now();
      try {
        const answer = await send(method, path, options);
        if (answer.status < 400) onAnswer?.(performance.now() - began);
        else onFailure(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
        return answer.text;
      } catch (error) {
        onFailure(`${method} ${path}: ${error.code ?? error.message}`);
        return null;
      }
    },
    close: () => agent.destroy(),
  };
}

/** A new account with one article. */
export async function openPerson(client, name) {
  const session = await client.call('POST', '/api/trpc/auth.register', {
    body: {
      email: `${name}@example.com`,
      password: 'a long enough password',
      displayName: name,
      session: 'token',
    },
  });
  const token = dataOf(session)?.accessToken;
  if (!token) throw new Error(`${name} is not registered: ${session}`);
  const made = await client.call('POST', '/api/trpc/articles.create', {
    token,
    body: { title: name, content: 'begin' },
  });
  const { id } = dataOf(made);
  let { revision } = dataOf(made);
  return {
    token,
    read() {
      const input = encodeURIComponent(JSON.stringify({ json: { id } }));
      return client.call('GET', `/api/trpc/articles.get?input=${input}`, { token });
    },
    /** On the revision that was answered last. */
    async save(content) {
      const saved = await client.call('POST', '/api/trpc/articles.save', {
        token,
        body: { id, data: { title: name, content }, baseRevision: revision },
      });
      const data = dataOf(saved);
      revision = data?.revision ?? data?.current?.revision ?? revision;
    },
  };
}
