// The program of the SDK that speaks MCP over stdin and stdout, started by the protocol's own client.
import { execFile, spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bearer, dataOf, useServer } from '../../test-support.js';
import { keyOf } from '../rest/test-support.js';

const server = useServer();
const manifest = fileURLToPath(import.meta.resolve('@ainotebook/sdk/package.json'));
const program = path.join(path.dirname(manifest), 'dist/mcp.js');
const UNKNOWN_KEY = `anb_${'A'.repeat(43)}`;

const environment = (url: string, key: string) => ({
  AINOTEBOOK_URL: url,
  AINOTEBOOK_API_KEY: key,
});

/** The protocol's own client, which starts the program. */
async function connect(url: string, key: string): Promise<Client> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program],
    env: environment(url, key),
    stderr: 'ignore',
  });
  const client = new Client({ name: 'tests', version: '1.0.0' });
  onTestFinished(() => client.close());
  await client.connect(transport);
  return client;
}

/** Runs the program with these lines as its input. */
async function run(lines: string[], env: Record<string, string>, args: string[] = []) {
  const running = promisify(execFile)(process.execPath, [program, ...args], { env });
  running.child.stdin?.end(lines.map((line) => `${line}\n`).join(''));
  const { stdout, stderr, code } = await running.then(
    (ended) => ({ ...ended, code: 0 }),
    (failed: { stdout: string; stderr: string; code: number }) => failed,
  );
  return { answers: stdout.split('\n').filter(Boolean), stdout, stderr, code };
}

/** Some other server. @returns its address */
async function serve(listener: RequestListener): Promise<string> {
  const other = createServer(listener);
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    other.closeAllConnections();
    other.close();
  });
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
}

const request = (id: number | string, method: string, params: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

describe('a model on the same machine', () => {
  it('lists the tools of its key, writes and reads', async () => {
    const key = await keyOf(server, await server.register());
    const client = await connect(server.url(), key);
    expect(client.getServerVersion()).toMatchObject({ name: 'AI-NoteBook' });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('ask_notes');
    const made = await client.callTool({
      name: 'create_note',
      arguments: { title: '龙井', content: '第一行\n茶' },
    });
    const { id } = Object(made.structuredContent);
    const reads = Array.from({ length: 5 }, () =>
      client.callTool({ name: 'read_note', arguments: { id } }),
    );
    for (const { structuredContent } of await Promise.all(reads)) {
      expect(structuredContent).toMatchObject({ content: '第一行\n茶' });
    }
  });

  it('reaches as far as its key, and nothing of anybody else', async () => {
    const [anna, ben] = [await server.register(), await server.register()];
    const made = await server.mutate('articles.create', { title: 'mine' }, bearer(anna));
    const { id } = Object(dataOf(made));
    const client = await connect(server.url(), await keyOf(server, ben, ['articles:read']));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['read_note']);
    const read = await client.callTool({ name: 'read_note', arguments: { id } });
    expect(read).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^not_found/) }],
    });
  });
});

describe('what is wrong is said in words', () => {
  it.each([
    [{}, 'AINOTEBOOK_URL is not set'],
    [{ AINOTEBOOK_URL: 'http://127.0.0.1' }, 'AINOTEBOOK_API_KEY is not set'],
    [environment('http://127.0.0.1', 'sk-1'), 'one begins with anb_'],
    [environment('notes.example.org', UNKNOWN_KEY), 'AINOTEBOOK_URL is no address'],
    [environment('ftp://notes.example.org', UNKNOWN_KEY), 'AINOTEBOOK_URL is no address'],
  ])('settings: %o', async (env, words) => {
    const { stdout, stderr, code } = await run([], env);
    expect([stdout, code]).toEqual(['', 1]);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain(UNKNOWN_KEY);
  });

  it('a key that the server does not know', async () => {
    await expect(connect(server.url(), UNKNOWN_KEY)).rejects.toThrow(/does not know this API key/);
  });

  it('a server that is away', async () => {
    const { answers, stderr, code } = await run(
      [request(1, 'initialize')],
      environment('http://127.0.0.1:9', UNKNOWN_KEY),
    );
    expect(answers.map((line) => JSON.parse(line))).toMatchObject([
      { id: 1, error: { message: expect.stringContaining('127.0.0.1:9 cannot be reached') } },
    ]);
    expect([stderr.includes('cannot be reached'), code]).toEqual([true, 0]);
  });

  it('an address of something else, one that moved, one that is down', async () => {
    const page = await serve((_, response) => response.writeHead(404).end('<h1>Not here</h1>'));
    const moved = await serve((_, response) =>
      response.writeHead(301, { location: 'https://notes.example.org/api/mcp' }).end(),
    );
    const down = await serve((_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'));
    const key = UNKNOWN_KEY;
    await expect(connect(page, key)).rejects.toThrow(/no AI-NoteBook server at/);
    await expect(connect(moved, key)).rejects.toThrow(/redirects to https:\/\/notes.example.org:/);
    await expect(connect(down, key)).rejects.toThrow(/answers 502: try again/);
  });

  it('lines that are no message', async () => {
    const lines = ['{', '[]', '{"jsonrpc":"2.0","method":"notifications/initialized"}'];
    const { answers } = await run(lines, environment('http://127.0.0.1:9', UNKNOWN_KEY));
    expect(answers.map((line) => JSON.parse(line).error.code)).toEqual([-32_700, -32_600]);
  });
});

describe('the program', () => {
  it('answers by the id that was asked with, each in one line, and ends with its input', async () => {
    const key = await keyOf(server, await server.register());
    const lines = [request('a', 'tools/list'), request(7, 'ping')];
    const { answers, code } = await run(lines, environment(server.url(), key));
    const ids = answers.map((line) => JSON.parse(line).id);
    expect(new Set(ids)).toEqual(new Set(['a', 7]));
    expect(code).toBe(0);
  });

  it('names the version that was agreed on, and cuts what is cancelled', async () => {
    const seen: unknown[] = [];
    let left = () => {};
    const cut = new Promise<void>((resolve) => {
      left = resolve;
    });
    const url = await serve((req, response) => {
      seen.push(req.headers['mcp-protocol-version']);
      if (seen.length > 1) response.once('close', left);
      else {
        const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: {} };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
      }
    });
    const child = spawn(process.execPath, [program], { env: environment(url, UNKNOWN_KEY) });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.endsWith('\n')) child.stdin.write(`${request(2, 'tools/list')}\n`);
    });
    child.stdin.write(`${request(1, 'initialize')}\n`);
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual([undefined, '2025-06-18']);
    const params = { requestId: 2 };
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params };
    child.stdin.end(`${JSON.stringify(cancelled)}\n`);
    await cut;
    await new Promise((resolve) => child.once('exit', resolve));
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  it('says what it is', async () => {
    expect((await run([], {}, ['--help'])).stdout).toContain('AINOTEBOOK_API_KEY');
    expect((await run([], {}, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
