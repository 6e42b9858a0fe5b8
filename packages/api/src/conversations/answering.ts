import {
  type AnswerFailure,
  answerFailureSchema,
  LIMITS,
  type Receipt,
} from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { parseCitations } from '@ainotebook/text/citations';
import { and, eq, sql } from 'drizzle-orm';
import type { Models } from '../context.js';
import { dropUncited, keepPassages } from './answer-citations.js';
import type { AnswerWriter, GivenPassage } from './answer-writer.js';
import { isUnfinished } from './message-rows.js';
import { readTask, type Sources } from './read-task.js';
import { RunningAnswer } from './running-answer.js';

const { messages } = schema;

/** How often what was written goes into the row, and a wish to stop is looked for. */
const BEAT_MS = 250;
/** An answer that takes longer is ended, and keeps what is there. */
const DEADLINE_MS = 180_000;
/** Passages that are kept of what comes nearest to an answer. */
const NEAREST = 3;

/** Writes answers in this process. */
export interface Answering {
  /** Writes the answer in this row for its owner; returns at once. */
  begin(answerId: string, userId: string): void;
  /** Ends an answer that this process writes, and resolves when it has ended. */
  stop(answerId: string): Promise<void>;
  /** The answer, while this process writes it for this user. */
  running(answerId: string, userId: string): RunningAnswer | undefined;
  /** Ends all of them: the process is about to go. */
  close(): Promise<void>;
}

/** What an answer is made with, by the models of the moment it begins. */
export interface AnswerMeans extends Pick<Models, 'embedding'> {
  writer: AnswerWriter;
}

interface AnsweringPorts extends Pick<Sources, 'db' | 'research'> {
  means: () => AnswerMeans;
  /** Told of faults of ours; what a provider says is in the row. */
  onFault: (error: unknown) => void;
}

type Outcome = 'done' | 'stopped' | 'interrupted' | 'failed';

interface Draft {
  passages: readonly GivenPassage[];
  receipt: Receipt;
  failure: AnswerFailure | null;
  isNotFound: boolean;
}

export function createAnswering({ db, research, means, onFault }: AnsweringPorts): Answering {
  const open = new Map<string, { answer: RunningAnswer; work: Promise<void> }>();
  let isClosing = false;

  /** True while the row is there and waits for more. */
  async function beat(id: string, answer: RunningAnswer): Promise<boolean> {
    const [row] = await db
      .update(messages)
      .set({
        aliveAt: sql`now()`,
        content: answer.content,
        ahead: answer.ahead,
        status: answer.content === '' ? 'waiting' : 'writing',
      })
      .where(and(eq(messages.id, id), isUnfinished))
      .returning({ isStopWanted: messages.isStopWanted });
    return row !== undefined && !row.isStopWanted;
  }

  /** Says that somebody writes, until the answer is over. A database that is away is waited for. */
  async function beatOn(id: string, answer: RunningAnswer): Promise<void> {
    while (!answer.isOver && !answer.signal.aborted) {
      const goesOn = await beat(id, answer).catch(() => true);
      if (!goesOn) answer.stop();
      await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
    }
  }

  /** What was found is kept before the first word: an answer whose process is killed can be read with it. */
  async function keepFound(
    id: string,
    passages: readonly GivenPassage[],
    receipt: Receipt,
  ): Promise<void> {
    await db.transaction(async (tx) => {
      const found = await tx
        .update(messages)
        .set({ receipt })
        .where(and(eq(messages.id, id), isUnfinished))
        .returning({ id: messages.id });
      if (found.length > 0) await keepPassages(tx, id, passages);
    });
  }

  async function write(
    id: string,
    answer: RunningAnswer,
    { draft, by }: { draft: Draft; by: AnswerMeans },
  ): Promise<Outcome> {
    const began = performance.now();
    const since = () => Math.round(performance.now() - began);
    const signal = AbortSignal.any([answer.signal, AbortSignal.timeout(DEADLINE_MS)]);
    try {
      const sources = { db, research: research ?? null, embedding: by.embedding };
      const task = await readTask(sources, id, signal);
      Object.assign(draft.receipt, task.receipt);
      await keepFound(id, task.passages, draft.receipt);
      draft.passages = task.passages;
      if (task.passages.length === 0) {
        draft.isNotFound = true;
        return 'done';
      }
      for await (const part of by.writer.write(task, signal)) {
        switch (part.type) {
          case 'given':
            draft.passages = part.passages;
            if (draft.receipt.retrieval) {
              const { length: passages } = part.passages;
              draft.receipt.retrieval = { ...draft.receipt.retrieval, passages };
            }
            break;
          case 'queued':
            answer.queue(part.ahead);
            break;
          case 'start':
            answer.queue(null);
            draft.receipt.provider = part.provider;
            draft.receipt.model = part.model;
            break;
          case 'text':
            draft.receipt.firstWordMs ??= since();
            answer.add(fitting(part.text, answer));
            if (answer.content.length >= LIMITS.answerLength) {
              draft.receipt.isCut = true;
              return 'done';
            }
            break;
          case 'end':
            draft.isNotFound = part.isNotFound;
            draft.receipt.isCut = part.isCut;
            if (part.usage) {
              Object.assign(draft.receipt, part.usage);
            }
            draft.failure = part.failure;
            return part.failure === null ? 'done' : 'failed';
        }
      }
      draft.failure = 'cut_off';
      return 'failed';
    } catch (error) {
      if (answer.signal.aborted) return isClosing ? 'interrupted' : 'stopped';
      draft.failure = signal.aborted ? 'timeout' : failureOf(error);
      if (draft.failure === 'internal') onFault(error);
      return 'failed';
    } finally {
      draft.receipt.totalMs = since();
    }
  }

  async function finish(
    id: string,
    answer: RunningAnswer,
    { outcome, draft }: { outcome: Outcome; draft: Draft },
  ): Promise<void> {
    const { passages, receipt, failure, isNotFound } = draft;
    const parsed = parseCitations(answer.content, passages);
    const cited = isNotFound
      ? passages.slice(0, NEAREST).map((each) => each.number)
      : parsed.numbers;
    const isMended = parsed.text !== answer.content;
    await db.transaction(async (tx) => {
      const ended = await tx
        .update(messages)
        .set({
          status: outcome,
          ahead: null,
          failure,
          content: isNotFound ? '' : parsed.text,
          receipt: { ...receipt, isNotFound, removedCitations: parsed.removed, isMended },
        })
        .where(and(eq(messages.id, id), isUnfinished))
        .returning({ id: messages.id });
      if (ended.length > 0) await dropUncited(tx, id, cited);
    });
  }

  async function run(id: string, answer: RunningAnswer): Promise<void> {
    const by = means();
    const draft: Draft = {
      passages: [],
      receipt: emptyReceipt(by.writer.isExtractive),
      failure: null,
      isNotFound: false,
    };
    const beats = beatOn(id, answer);
    try {
      const outcome = await write(id, answer, { draft, by });
      // What is lost here is ended by whoever asks for it next: nobody says any more that he writes.
      await finish(id, answer, { outcome, draft }).catch(onFault);
    } finally {
      answer.end();
      open.delete(id);
      await beats;
    }
  }

  return {
    begin(id, userId) {
      if (isClosing) return;
      const answer = new RunningAnswer(userId);
      open.set(id, { answer, work: run(id, answer) });
    },
    async stop(id) {
      const one = open.get(id);
      one?.answer.stop();
      await one?.work;
    },
    running(id, userId) {
      const answer = open.get(id)?.answer;
      return answer?.userId === userId ? answer : undefined;
    },
    async close() {
      isClosing = true;
      for (const { answer } of open.values()) answer.stop();
      await Promise.all([...open.values()].map(({ work }) => work));
    },
  };
}

function emptyReceipt(isExtractive: boolean): Receipt {
  return {
    retrieval: null,
    web: null,
    provider: null,
    model: null,
    isExtractive,
    isNotFound: false,
    isCut: false,
    removedCitations: 0,
    isMended: false,
    inputTokens: null,
    outputTokens: null,
    isEstimated: false,
    costMicroYuan: null,
    firstWordMs: null,
    totalMs: null,
  };
}

/** What of a piece can be stored, and still fits. */
const fitting = (text: string, { content }: RunningAnswer): string =>
  text.replaceAll('\0', '').slice(0, LIMITS.answerLength - content.length);

/** What an `AiError` or an `AppError` says; everything else is a fault of ours. */
function failureOf(error: unknown): AnswerFailure {
  if (!(error instanceof Error)) return 'internal';
  const word = 'kind' in error ? error.kind : 'code' in error ? error.code : undefined;
  return answerFailureSchema.safeParse(word).data ?? 'internal';
}
