import { suggestTags, suggestTitle, summarise } from '@ainotebook/ai';
import {
  type AssistSuggestInput,
  type AssistSuggestion,
  LIMITS,
  tagNameSchema,
  titleSchema,
} from '@ainotebook/contract';
import { excerptOf } from '@ainotebook/text/plain';
import { readOwnText } from '../articles/article-rows.js';
import type { AuthedContext } from '../context.js';
import { AppError } from '../errors.js';
import { slugify } from '../publications/slugify.js';
import { listTags } from '../tags/tags.service.js';
import type { Chat } from '../usage/metered-chat.js';
import { aiFailureOf } from './ai-failure.js';
import { type AssistPrompt, type OwnNote, suggestPrompt } from './assist-prompt.js';
import { OutputCleaner } from './output-cleaner.js';

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'fast'>;

const MAX_TITLES = 3;
const MAX_TAGS = 5;
/** Tags in use that a model is told. */
const KNOWN_TAGS = 100;

/**
 * Titles, tags, a summary or an address for a note of the caller, by what is stored of it.
 * @throws AppError not_found, ai_failed, limit_reached, unavailable, budget_spent
 */
export async function suggest(
  ctx: Caller,
  { id, what }: AssistSuggestInput,
  signal: AbortSignal | undefined,
): Promise<{ items: string[]; isExtractive: boolean }> {
  const stored = await readOwnText(ctx.db, ctx.auth.userId, id);
  const note = {
    title: stored.title,
    content: stored.content.slice(0, LIMITS.assistTextLength).toWellFormed(),
  };
  const { fast: chat } = ctx;
  const isExtractive = chat === null;
  if (`${note.title}${note.content}`.trim() === '') return { items: [], isExtractive };
  const tags = what === 'tags' ? await tagsInUse(ctx) : [];
  if (!chat) return { items: await quoted(what, note, tags), isExtractive };
  const prompt = suggestPrompt(what, note, tags);
  const said = await askModel(chat, { ...prompt, userId: ctx.auth.userId }, signal);
  return { items: suggestionsIn(what, said), isExtractive };
}

async function tagsInUse(ctx: Caller): Promise<string[]> {
  const tags = await listTags(ctx);
  return tags
    .sort((a, b) => b.articleCount - a.articleCount)
    .slice(0, KNOWN_TAGS)
    .map(({ name }) => name);
}

/** By the note's own words. */
async function quoted(
  what: AssistSuggestion,
  { title, content }: OwnNote,
  known: readonly string[],
): Promise<string[]> {
  switch (what) {
    case 'title':
      return suggestionsIn('title', suggestTitle(content) ?? '');
    case 'tags': {
      const tags = await suggestTags(`${title}\n\n${content}`, { known, max: MAX_TAGS });
      return suggestionsIn('tags', tags.join('\n'));
    }
    case 'summary': {
      const { sentences } = summarise(content, { max: 2 });
      return suggestionsIn('summary', sentences.map(({ text }) => text).join(' '));
    }
    case 'slug':
      return suggestionsIn('slug', title.trim() === '' ? (suggestTitle(content) ?? '') : title);
  }
}

/** What a model writes to it, whole. */
async function askModel(
  chat: Chat,
  { messages, mark, userId }: AssistPrompt & { userId: string },
  signal: AbortSignal | undefined,
): Promise<string> {
  const cleaner = new OutputCleaner(mark);
  let said = '';
  try {
    for await (const event of chat.stream({ userId, feature: 'editor', messages, signal })) {
      if (event.type === 'text') said += cleaner.push(event.text);
    }
  } catch (error) {
    const failure = aiFailureOf(error);
    if (failure === null) throw error;
    throw new AppError('ai_failed', `The model did not answer (${failure})`, { cause: error });
  }
  return said + cleaner.end();
}

const BULLET = /^\s*(?:[-*+•]|\d{1,2}[.)、])\s+/;
const QUOTES = /^["'“”‘’「」《》`#\s]+|["'“”‘’「」《》`\s]+$/gu;

/** What of a text can be taken as it is. */
function suggestionsIn(what: AssistSuggestion, said: string): string[] {
  if (what === 'summary') {
    const summary = excerptOf(said, LIMITS.excerptLength).trim();
    return summary === '' ? [] : [summary];
  }
  const lines = said.split('\n').map((line) => line.replace(BULLET, '').replace(QUOTES, ''));
  if (what === 'slug') return lines.map(slugify).filter(Boolean).slice(0, 1);
  const [schema, max] = what === 'title' ? [titleSchema, MAX_TITLES] : [tagNameSchema, MAX_TAGS];
  const good = lines.flatMap((line) => {
    const checked = schema.safeParse(line);
    return checked.success && checked.data !== '' ? [checked.data] : [];
  });
  return [...new Set(good)].slice(0, max);
}
