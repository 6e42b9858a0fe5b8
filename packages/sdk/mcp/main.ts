#!/usr/bin/env node
// Lets a program that starts its MCP servers by itself use the notes of an AI-NoteBook server.
import { createInterface } from 'node:readline';
import { checkedBaseUrl } from '../src/base-url.js';
import { VERSION } from '../src/version.js';
import { createBridge } from './bridge.js';

const HELP = `ainotebook-mcp ${VERSION}: your notes as MCP tools, over stdin and stdout.
A program such as Claude Desktop or Cursor starts it, with two variables in its environment:
  AINOTEBOOK_URL      the address of the server: https://notes.example.org
  AINOTEBOOK_API_KEY  a key from Settings > Programs, with the scopes that the program should have`;

/** What is missing or wrong, in words; else the settings. */
function readSettings(): { baseUrl: string; key: string } | string {
  const { AINOTEBOOK_URL: url, AINOTEBOOK_API_KEY: key } = process.env;
  if (!url) return 'AINOTEBOOK_URL is not set';
  if (!key) return 'AINOTEBOOK_API_KEY is not set';
  if (!/^anb_[\w-]+$/.test(key)) return 'AINOTEBOOK_API_KEY is no API key: one begins with anb_';
  try {
    return { baseUrl: checkedBaseUrl(url), key };
  } catch {
    // Without the address: it may hold a password.
    return 'AINOTEBOOK_URL is no address of a server, such as https://notes.example.org';
  }
}

const settings = readSettings();
if (process.argv.includes('--help')) console.log(HELP);
else if (process.argv.includes('--version')) console.log(VERSION);
else if (typeof settings === 'string') {
  console.error(`${settings}.\n\n${HELP}`);
  process.exitCode = 1;
} else {
  const bridge = createBridge({
    ...settings,
    answer: (line) => process.stdout.write(`${line}\n`),
    report: (problem) => console.error(problem),
  });
  // Nobody listens any more.
  process.stdout.once('error', () => process.exit());
  for await (const line of createInterface(process.stdin)) {
    if (line.trim()) bridge.take(line);
  }
  await bridge.settled();
}
