// What an answer costs beside the model: the time to its first word, and the memory of one that is being written.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { createChatModel } from '@ainotebook/ai';
import { createLedger, meterChat } from '@ainotebook/api';
import { schema } from '@ainotebook/db';
import { createAnswering } from '../packages/api/dist/conversations/answering.js';
import { createConversation } from '../packages/api/dist/conversations/conversations.service.js';
import { sendMessage } from '../packages/api/dist/conversations/messages.service.js';
import { modelWriter } from '../packages/api/dist/conversations/model-writer.js';
import { streamMessage } from '../packages/api/dist/conversations/stream-message.js';
import { summary } from './measure.mjs';

const CALLS = 100;
export const OPEN = 100;
const NO_BUDGETS = { userTokens: null, tokens: null, microYuan: null };

/** Starts the provider. @returns where it is, and what ends it */
export async function startProvider() {
  const child = fork(new URL('./ai-child.mjs', import.meta.url));
  const [baseUrl] = await once(child, 'message');
  return { baseUrl, stop: () => child.kill() };
}

/** Times to the first piece of `stream()`, which is read to its end; after a tenth as warm-up. */
async function firstPieces(stream) {
  const times = [];
  for (let i = 0; i < CALLS * 1.1; i += 1) {
    const began = performance.now();
    let first = null;
    for await (const _ of stream(i)) first ??= performance.now() - began;
    if (first === null) throw new Error('an answer had no words');
    if (i >= CALLS / 10) times.push(first);
  }
  return summary(times);
}

/** Just the request, and the pieces that hold words. */
async function* bareAnswer(baseUrl) {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer bench', 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'chat',
      stream: true,
      max_tokens: 1_000,
      messages: [{ role: 'user', content: '岩茶用什么水？' }],
    }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    const text = decoder.decode(chunk, { stream: true });
    if (/"content":"[^"]/.test(text)) yield text;
  }
}

async function* words(events) {
  for await (const event of events) if (event.type === 'text') yield event.text;
}

/** The server's part of an answer, over a database in which `ownerId` has notes. */
function serverOf(db, { baseUrl, embedding, model }) {
  const at = { name: 'openai', kind: 'openai', apiKey: 'bench', baseUrl };
  const onFault = (error) => console.error(error);
  const ledger = createLedger({ db, prices: new Map(), budgets: NO_BUDGETS, onFault });
  const models = [{ provider: 'openai', model }];
  const chat = meterChat(createChatModel(at, { model }), { ledger, models, maxTokens: 1_000 });
  const means = () => ({ embedding, writer: modelWriter(chat) });
  const answering = createAnswering({ db, means, onFault });
  return { db, chat, answering };
}

/** Milliseconds to the first word: of the provider alone, of a call in the ledger, of a question to the notes. */
export async function measureFirstWords(db, { ownerId, questionOf, baseUrl, embedding }) {
  const server = serverOf(db, { baseUrl, embedding, model: 'chat' });
  const ctx = { ...server, auth: { userId: ownerId } };
  const messages = [{ role: 'user', content: '岩茶用什么水？' }];
  const call = { userId: ownerId, feature: 'chat', messages };
  async function* answerFor(i) {
    const { id: conversationId } = await createConversation(ctx, { scope: { kind: 'all' } });
    const sent = { conversationId, id: randomUUID(), parentId: null, content: questionOf(i) };
    const { answer } = await sendMessage(ctx, sent);
    let whole;
    for await (const event of await streamMessage(ctx, { id: answer.id, after: 0 })) {
      if (event.type === 'text') yield event.text;
      if (event.type === 'end') whole = event.message;
    }
    if (whole?.status !== 'done') throw new Error(`an answer ended as ${whole?.status}`);
  }
  const bare = await firstPieces(() => bareAnswer(baseUrl));
  const metered = await firstPieces(() => words(server.chat.stream(call)));
  const asked = await firstPieces(answerFor);
  return { bare, metered, asked };
}

async function readOn(events) {
  for await (const _ of events);
}

v8.setFlagsFromString('--expose_gc');
const collect = vm.runInNewContext('gc');

function bytesInUse() {
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: heapUsed + external, rss };
}

/** Bytes of each of `OPEN` answers that are being written and read. */
export async function measureMemory(db, { ownerId, baseUrl, embedding }) {
  const server = serverOf(db, { baseUrl, embedding, model: 'chat-slow' });
  const ctx = { ...server, auth: { userId: ownerId } };
  const stop = new AbortController();
  const readers = [];
  const open = async (count) => {
    for (let i = 0; i < count; i += 1) {
      const { id: conversationId } = await createConversation(ctx, { scope: { kind: 'all' } });
      const [questionId, id] = [randomUUID(), randomUUID()];
      const row = { conversationId, userId: ownerId };
      // As `messages.send` does, without the limit of one person.
      await db.insert(schema.messages).values([
        { ...row, id: questionId, role: 'user', status: 'done', content: '岩茶用什么水？' },
        {
          ...row,
          id,
          parentId: questionId,
          role: 'assistant',
          status: 'waiting',
          aliveAt: new Date(),
        },
      ]);
      server.answering.begin(id, ownerId);
      const events = await streamMessage(ctx, { id, after: 0 }, stop.signal);
      const first = await events.next();
      if (first.value?.type !== 'text')
        throw new Error(`an answer began with ${first.value?.type}`);
      readers.push(readOn(events));
    }
  };
  // What is made once, and stays, is no part of a stream.
  await open(5);
  await pause(1_000);
  const before = bytesInUse();
  await open(OPEN);
  await pause(1_000);
  const after = bytesInUse();
  stop.abort();
  await Promise.all(readers);
  await server.answering.close();
  return { held: (after.held - before.held) / OPEN, rss: (after.rss - before.rss) / OPEN };
}
