import { estimateTokens, summarise } from '@ainotebook/ai';
import {
  type AnswerFailure,
  ASSIST_ACTIONS,
  ASSIST_SUGGESTIONS,
  type AssistAbilities,
  type AssistAction,
  type AssistEditInput,
  type AssistEvent,
  LIMITS,
} from '@ainotebook/contract';
import { readOwnText } from '../articles/article-rows.js';
import type { AuthedContext } from '../context.js';
import { AppError } from '../errors.js';
import type { Chat } from '../usage/metered-chat.js';
import { aiFailureOf } from './ai-failure.js';
import { type AssistPrompt, editPrompt } from './assist-prompt.js';
import { OutputCleaner } from './output-cleaner.js';

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'chat'>;
type Stream = AsyncGenerator<AssistEvent, void, void>;

/** Sentences of a summary that is made by quoting. */
const QUOTED_SENTENCES = 5;

/** How long what comes out is, in lengths of the passage; others are as long as they are. */
const SHARE: Partial<Record<AssistAction, number>> = {
  rewrite: 1,
  fix: 1,
  tone: 1,
  translate: 1,
  shorten: 0.5,
  expand: 2,
};

/** What can be asked for on this server. */
export function assistAbilities({ chat }: Pick<Caller, 'chat'>): AssistAbilities {
  const hasModel = chat !== null;
  return {
    hasModel,
    actions: hasModel ? [...ASSIST_ACTIONS] : ['summarise'],
    suggestions: [...ASSIST_SUGGESTIONS],
  };
}

/**
 * Text for a passage of a note of the caller, as it is written. Nothing is changed by it: what the caller
 * takes of it is saved like anything else.
 * @throws AppError not_found, ai_off (only summaries can be quoted); limit_reached, unavailable and
 *   budget_spent from the stream
 */
export async function editPassage(
  ctx: Caller,
  input: AssistEditInput,
  signal: AbortSignal | undefined,
): Promise<Stream> {
  // Before the first event, while an error is still an answer with a status.
  const { title, content } = await readOwnText(ctx.db, ctx.auth.userId, input.articleId);
  const { chat } = ctx;
  if (!chat && input.action !== 'summarise') throw aiOff();
  const given = 'text' in input ? input.text : '';
  const isAboutNote = input.action === 'summarise' || input.action === 'outline';
  const text =
    given.trim() === '' && isAboutNote
      ? content.slice(0, LIMITS.assistTextLength).toWellFormed()
      : given;
  if (!chat) return quoted(text);
  if (estimateTokens(text) * (SHARE[input.action] ?? 0) > chat.maxTokens) return tooLong();
  const prompt = editPrompt(input, { title, text });
  return written(chat, { ...prompt, userId: ctx.auth.userId }, signal);
}

const aiOff = () =>
  new AppError(
    'ai_off',
    'No model is set up on this server (VOLCENGINE_API_KEY or OPENAI_API_KEY); without one nothing new is written',
  );

/** Nothing is asked: it would be paid for, and end in the middle. */
async function* tooLong(): Stream {
  yield { type: 'end', failure: 'too_long', isCut: false, isExtractive: false, model: null };
}

/** Without a model: the sentences that stand for a text, as they are. */
async function* quoted(text: string): Stream {
  const { sentences } = summarise(text, { max: QUOTED_SENTENCES });
  const lines = sentences.map(
    (sentence) => `- ${sentence.text.trim().replaceAll(/\s*\n\s*/g, ' ')}`,
  );
  if (lines.length > 0) yield { type: 'text', text: lines.join('\n') };
  yield { type: 'end', failure: null, isCut: false, isExtractive: true, model: null };
}

async function* written(
  chat: Chat,
  { messages, mark, userId }: AssistPrompt & { userId: string },
  signal: AbortSignal | undefined,
): Stream {
  const cleaner = new OutputCleaner(mark);
  let failure: AnswerFailure | null = null;
  let isCut = false;
  let model: string | null = null;
  let room: number = LIMITS.assistResultLength;
  const fitting = (text: string): AssistEvent[] => {
    const piece = text.slice(0, room).toWellFormed();
    room -= piece.length;
    isCut ||= piece.length < text.length;
    return piece === '' ? [] : [{ type: 'text', text: piece }];
  };
  try {
    for await (const event of chat.stream({ userId, feature: 'editor', messages, signal })) {
      if (event.type === 'queued') yield event;
      else if (event.type === 'start') model = event.model;
      else if (event.type === 'text') {
        yield* fitting(cleaner.push(event.text));
        if (isCut) break;
      } else if (event.type === 'finish') {
        isCut = event.reason === 'length';
        if (event.reason === 'filtered') failure = 'filtered';
        if (event.isCutByBudget) failure = 'budget_spent';
      }
    }
  } catch (error) {
    if (signal?.aborted) return;
    failure = aiFailureOf(error);
    if (failure === null) throw error;
  }
  yield* fitting(cleaner.end());
  yield { type: 'end', failure, isCut, isExtractive: false, model };
}
