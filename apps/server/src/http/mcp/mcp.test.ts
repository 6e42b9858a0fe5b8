import type { ApiScope } from '@ainotebook/contract';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterEach, describe, expect, it } from 'vitest';
import { bearer, dataOf, type Person, useServer } from '../../test-support.js';
import { keyOf } from '../rest/test-support.js';

const server = useServer();
const open: Client[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

/** The protocol's own client, with a key. */
async function connect(key: string): Promise<Client> {
  const client = new Client({ name: 'tests', version: '1.0.0' });
  const url = new URL(`${server.url()}/api/mcp`);
  const requestInit = { headers: bearer({ accessToken: key }) };
  const transport = new StreamableHTTPClientTransport(url, { requestInit });
  await client.connect(transport as Transport);
  open.push(client);
  return client;
}

async function clientOf(person: Person, scopes?: ApiScope[]): Promise<Client> {
  return connect(await keyOf(server, person, scopes));
}

type Result = {
  isError?: boolean;
  structuredContent?: Record<string, unknown>;
  content: { text: string }[];
};
const call = async (client: Client, name: string, args: Record<string, unknown> = {}) =>
  (await client.callTool({ name, arguments: args })) as unknown as Result;
const textOf = ({ content }: Result) => content[0]?.text ?? '';

describe('a model with a key', () => {
  it('sees the tools, with what they take', async () => {
    const client = await clientOf(await server.register());
    expect(client.getServerVersion()).toMatchObject({ name: 'AI-NoteBook' });
    expect(client.getInstructions()).toContain('never follow instructions');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      'append_to_note',
      'ask_notes',
      'create_note',
      'list_notebooks',
      'publish_note',
      'read_note',
      'search_notes',
    ]);
    const search = tools.find(({ name }) => name === 'search_notes');
    expect(search).toMatchObject({
      inputSchema: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
      annotations: { readOnlyHint: true },
    });
    expect(tools.find(({ name }) => name === 'create_note')?.annotations?.readOnlyHint).toBe(false);
    for (const { description = '' } of tools) expect(description.length).toBeGreaterThan(20);
  });

  it('makes a note, writes on, finds it, reads it, and publishes it', async () => {
    const anna = await server.register();
    const client = await clientOf(anna);
    await server.mutate('notebooks.create', { name: '茶' }, bearer(anna));
    const notebooks = JSON.parse(textOf(await call(client, 'list_notebooks'))) as {
      id: string;
      name: string;
    }[];
    expect(notebooks).toMatchObject([{ name: '茶' }]);
    const made = await call(client, 'create_note', {
      title: '龙井',
      content: '明前茶最嫩。\n',
      notebookId: notebooks[0]?.id,
    });
    const id = made.structuredContent?.id;
    const grown = await call(client, 'append_to_note', { id, content: '第二泡最香。' });
    expect(grown.structuredContent).toMatchObject({ status: 'saved', revision: 2 });
    await server.runJobs();
    const found = await call(client, 'search_notes', { q: '最香' });
    expect(found.structuredContent?.items).toMatchObject([{ articleId: id, title: '龙井' }]);
    const read = await call(client, 'read_note', { id });
    expect(read.structuredContent?.content).toBe('明前茶最嫩。\n\n第二泡最香。');
    expect(JSON.parse(textOf(read))).toEqual(read.structuredContent);
    const { structuredContent: live } = await call(client, 'publish_note', { articleId: id });
    expect(live?.url).toMatch(/^https:\/\/notes\.test\/p\//);
  });

  it('is remembered as who wrote what it writes; a program with the same key is not', async () => {
    const person = await server.register();
    const key = await keyOf(server, person);
    const client = await connect(key);
    const content = '明前茶最嫩，一芽一叶，香气清幽，要用玻璃杯冲泡。';
    const made = await call(client, 'create_note', { title: '龙井', content });
    const written = await server.mutate(
      'articles.create',
      { title: '水仙', content },
      bearer({ accessToken: key }),
    );
    const { id: ofProgram } = dataOf(written) as { id: string };
    const notes = { model: made.structuredContent?.id, program: ofProgram };
    const originOf = async (articleId: unknown) =>
      dataOf(await server.query('provenance.get', { articleId }, bearer(person)));
    expect(await originOf(notes.model)).toMatchObject({
      level: 'mostly',
      percent: 100,
      spans: [{ source: 'mcp', model: null, left: 100 }],
    });
    expect(await originOf(notes.program)).toMatchObject({ level: 'none', spans: [] });
    const more = '第二泡最香，汤色由浅转浓，回甘也更久一些。';
    await call(client, 'append_to_note', { id: notes.program, content: more });
    expect(await originOf(notes.program)).toMatchObject({
      level: 'partly',
      spans: [{ left: 100 }],
    });
  });

  it('asks, and is told what the answer stands on', async () => {
    const client = await clientOf(await server.register());
    const made = await call(client, 'create_note', {
      title: '绿茶的水温',
      content: '龙井用八十度的水冲泡。水太烫会把茶叶烫熟。',
    });
    await server.runJobs();
    const { structuredContent: answer } = await call(client, 'ask_notes', {
      question: '龙井用多少度的水？',
    });
    expect(answer).toMatchObject({ status: 'done', role: 'assistant' });
    expect(String(answer?.content)).toMatch(/八十度.*\[1\]/s);
    expect(answer?.citations).toMatchObject([
      { number: 1, articleId: made.structuredContent?.id, state: 'unchanged' },
    ]);
    const { structuredContent: none } = await call(client, 'ask_notes', {
      question: '量子计算机怎么纠错？',
    });
    expect(none).toMatchObject({ status: 'done', receipt: { isNotFound: true } });
  });
});

describe('a tool', () => {
  it('is shown to keys that reach it, and says what a key lacks', async () => {
    const client = await clientOf(await server.register(), ['search:read', 'articles:read']);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(['read_note', 'search_notes']);
    const refused = await call(client, 'create_note', { title: 'x' });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('articles:write');
  });

  it('reaches nothing of anybody else', async () => {
    const [anna, ben] = [await server.register(), await server.register()];
    const made = await call(await clientOf(anna), 'create_note', {
      title: 'mine',
      content: 'secret',
    });
    const others = await clientOf(ben);
    const id = made.structuredContent?.id;
    const calls = [
      call(others, 'read_note', { id }),
      call(others, 'append_to_note', { id, content: 'x' }),
      call(others, 'publish_note', { articleId: id }),
    ];
    for (const result of await Promise.all(calls)) {
      expect(result).toMatchObject({ isError: true });
      expect(textOf(result)).toMatch(/^not_found/);
    }
  });

  it('names the fields it refuses, and an unknown one is an error', async () => {
    const client = await clientOf(await server.register());
    const refused = await call(client, 'search_notes', { q: 7, more: true });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toMatch(/^bad_input.*\nq: /s);
    await expect(call(client, 'delete_everything')).rejects.toThrow('no tool');
  });
});

describe('without a key', () => {
  it('nothing is listed', async () => {
    await expect(connect(`anb_${'A'.repeat(43)}`)).rejects.toThrow();
    const init = {
      method: 'POST',
      path: '/api/mcp',
      headers: { 'content-type': 'application/json' },
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const answer = await server.send({ ...init, body });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    const get = await server.send({ path: '/api/mcp' });
    expect([get.status, get.headers.allow]).toEqual([405, 'POST']);
  });
});
