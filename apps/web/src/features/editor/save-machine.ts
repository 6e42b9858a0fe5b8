import {
  confirm,
  merge,
  onTopOf,
  rebase,
  replaceAndRebase,
  replaceBy,
  type Step,
  settle,
  shown,
} from './save-moves.js';
import { isDirty, sameText } from './save-rules.js';
import type {
  Draft,
  NewArticle,
  NoteText,
  SaveEffect,
  SaveEvent,
  SaveState,
  ServerText,
} from './save-types.js';

const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const ATTEMPTS_REMEMBERED = 5;
/** What every article was before its first revision. */
const NOTHING: NoteText = { title: '', content: '' };

interface Opening {
  article: ServerText | null;
  draft: Draft | null;
  /** For a note that has never been anywhere. */
  create?: NewArticle | null;
  now: number;
}

/** Chooses the text to show: an unconfirmed draft of this device before the server's text. */
export function open({ article, draft, create, now }: Opening): Step {
  const { title, content } = draft ?? article ?? NOTHING;
  const base = draft?.baseRevision ?? article?.revision ?? 0;
  const isDone = article !== null && (draft === null || sameText(draft, article));
  const state: SaveState = {
    text: { title, content },
    edits: 0,
    replacements: 0,
    merges: 0,
    confirmed: article,
    base,
    baseText: baseTextOf(draft, article),
    // An article that exists was created, whatever the draft remembers.
    create: article ? null : (draft?.create ?? create ?? null),
    stored: null,
    storage: 'ok',
    changedAt: draft?.changedAt ?? now,
    dirtySince: isDone ? null : now,
    sending: null,
    uncertain: isDone ? [] : (draft?.attempted ?? []),
    isFlushWanted: !isDone,
    failure: null,
    conflict: null,
    isYielding: false,
    resolution: null,
  };
  if (isDone) {
    const { revision } = article;
    const effects: SaveEffect[] = draft ? [{ type: 'discard', text: state.text }] : [];
    return { state: { ...state, base: revision, baseText: article }, effects };
  }
  if (article && base > article.revision) {
    // The server was set back to an older state and refuses a base it has not reached.
    return rebase(state, article, now);
  }
  const met = article ? onRemote(state, article, now) : { state, effects: [] };
  return { ...met, effects: [...met.effects, { type: 'store' }] };
}

function baseTextOf(draft: Draft | null, article: ServerText | null): NoteText | null {
  if (!draft) return article;
  if (draft.baseRevision === 0) return NOTHING;
  if (draft.baseRevision === article?.revision) return article;
  // Absent in drafts that an earlier version of the app left behind.
  return draft.baseText ?? null;
}

const remember = (known: NoteText[], text: NoteText): NoteText[] =>
  [...known.filter((other) => !sameText(other, text)), text].slice(-ATTEMPTS_REMEMBERED);

function onRefused(state: SaveState, current: ServerText, now: number): Step {
  const sent = state.sending?.text ?? state.text;
  const idle: SaveState = { ...state, sending: null, failure: null };
  if (idle.isYielding) {
    // Typed meanwhile, and kept nowhere yet: once more.
    if (!sameText(idle.text, sent)) return settle({ ...idle, isFlushWanted: true }, [], now);
    return yieldTo(idle, current, now);
  }
  if (sameText(current, idle.text)) return confirm(idle, current, now);
  const merged = merge(idle, current, now);
  if (merged) return merged;
  return {
    state: { ...idle, conflict: { theirs: current, kept: sent, base: idle.baseText } },
    effects: [{ type: 'store' }],
  };
}

function onSaved(state: SaveState, event: SaveEvent & { type: 'saved' }): Step {
  const { revision, savedAt, now } = event;
  const sent = state.sending?.text ?? state.text;
  const { conflict } = state;
  if (conflict && state.isYielding) {
    const idle: SaveState = { ...state, sending: null, failure: null };
    if (!sameText(idle.text, sent)) return settle({ ...idle, isFlushWanted: true }, [], now);
    // It had been taken before, and its answer lost; the other text came after it.
    const isPast = revision < conflict.theirs.revision;
    if (isPast || state.resolution) return yieldTo(idle, conflict.theirs, now);
  }
  return confirm(state, { ...sent, revision, savedAt }, now);
}

/** The own text is kept on the server and gives way to the chosen one. */
function yieldTo(state: SaveState, current: ServerText, now: number): Step {
  const { resolution } = state;
  // Should the server have gone on since the choice, it will refuse, and the texts meet again.
  if (resolution) return replaceAndRebase(state, resolution.text, resolution.theirs, now);
  return replaceBy(state, current, now);
}

function onChoose(state: SaveState, event: SaveEvent & { type: 'choose' }): Step {
  const { conflict } = state;
  if (!conflict) return { state, effects: [] };
  const { theirs, kept } = conflict;
  if (event.choice === 'mine') return rebase(state, theirs, event.now);
  const resolution = event.choice === 'merged' ? { text: event.text, theirs } : null;
  const yielding: SaveState = { ...state, isYielding: true, isFlushWanted: true, resolution };
  // Typed after the refusal and kept nowhere yet: refused once more, it is kept too.
  if (!sameText(state.text, kept)) return settle(yielding, [{ type: 'store' }], event.now);
  return yieldTo(yielding, theirs, event.now);
}

function onRemote(state: SaveState, current: ServerText, now: number): Step {
  const isBusy = state.sending !== null || state.conflict !== null || state.create !== null;
  if (isBusy || current.revision < state.base) return { state, effects: [] };
  if (sameText(state.text, current)) {
    const isNews = state.confirmed === null || current.revision !== state.base || isDirty(state);
    if (!isNews) return { state, effects: [] };
    const next: SaveState = { ...state, ...onTopOf(current) };
    return settle(next, [{ type: 'discard', text: current }, { type: 'store' }], now);
  }
  if (!isDirty(state)) {
    const next: SaveState = { ...state, ...shown(state, current, current), ...onTopOf(current) };
    return { state: next, effects: [] };
  }
  // Where the texts overlap the save will tell: the server keeps ours when it refuses it.
  const merged = current.revision > state.base ? merge(state, current, now) : null;
  return merged ?? { state, effects: [] };
}

/** The server answers what the article is now, which may be older and newer than what was sent. */
function onCreated(state: SaveState, current: ServerText, now: number): Step {
  const sent = state.sending?.text ?? state.text;
  if ([...state.uncertain, sent].some((text) => sameText(text, current))) {
    return confirm(state, current, now);
  }
  // Created by an attempt whose answer was lost, and changed elsewhere since: a save will tell.
  const next: SaveState = {
    ...state,
    create: null,
    sending: null,
    failure: null,
    confirmed: current,
    base: 0,
    baseText: NOTHING,
    isFlushWanted: true,
  };
  return settle(next, [{ type: 'store' }], now);
}

/** One step of saving: no clock, no network, no storage in here. */
export function step(state: SaveState, event: SaveEvent): Step {
  switch (event.type) {
    case 'edited': {
      if (event.text.title === state.text.title && event.text.content === state.text.content) {
        return { state, effects: [] };
      }
      const next: SaveState = {
        ...state,
        text: event.text,
        edits: state.edits + 1,
        changedAt: event.now,
        dirtySince: state.dirtySince ?? event.now,
      };
      return settle(next, [{ type: 'store' }], event.now);
    }
    case 'stored': {
      if (state.stored && state.stored.edits > event.edits) return { state, effects: [] };
      const stored = { edits: event.edits, text: event.text };
      return settle({ ...state, storage: 'ok', stored }, [], event.now);
    }
    case 'storeFailed':
      return settle({ ...state, storage: 'failed' }, [], event.now);
    case 'tick':
      return settle(state, [], event.now);
    case 'flush':
      return settle({ ...state, isFlushWanted: true }, [], event.now);
    case 'retry': {
      const failure = state.failure && { ...state.failure, retryAt: event.now };
      return settle({ ...state, failure, isFlushWanted: true }, [], event.now);
    }
    case 'created':
      return onCreated(state, event.current, event.now);
    case 'saved':
      return onSaved(state, event);
    case 'refused':
      return onRefused(state, event.current, event.now);
    case 'failed': {
      const count = (state.failure?.count ?? 0) + 1;
      const backoff = BACKOFF_MS[Math.min(count, BACKOFF_MS.length) - 1] ?? 30_000;
      const waitMs = Math.max(backoff, event.retryAfterMs ?? 0);
      const retryAt = event.isTransient ? event.now + waitMs : null;
      const failure = { code: event.code, count, at: event.now, retryAt };
      const uncertain =
        event.isTransient && state.sending
          ? remember(state.uncertain, state.sending.text)
          : state.uncertain;
      // A refusal for good brings the choice back; a text too long cannot be kept anywhere first.
      const isYielding = state.isYielding && event.isTransient;
      const resolution = isYielding ? state.resolution : null;
      const next: SaveState = {
        ...state,
        sending: null,
        failure,
        uncertain,
        isYielding,
        resolution,
      };
      return { state: next, effects: [{ type: 'store' }] };
    }
    case 'remote':
      return onRemote(state, event.current, event.now);
    case 'choose':
      return onChoose(state, event);
  }
}
