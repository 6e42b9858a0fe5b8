import { dueAt, isDirty, sameText, sendable } from './save-rules.js';
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

export interface Step {
  state: SaveState;
  effects: SaveEffect[];
}

interface Opening {
  article: ServerText | null;
  draft: Draft | null;
  /** For a note that has never been anywhere. */
  create?: NewArticle | null;
  now: number;
}

/** Chooses the text to show: an unconfirmed draft of this device before the server's text. */
export function open({ article, draft, create, now }: Opening): Step {
  const text: NoteText = draft ?? article ?? { title: '', content: '' };
  const state: SaveState = {
    text: { title: text.title, content: text.content },
    edits: 0,
    replacements: 0,
    confirmed: article,
    base: draft?.baseRevision ?? article?.revision ?? 0,
    // An article that exists was created, whatever the draft remembers.
    create: article ? null : (draft?.create ?? create ?? null),
    stored: null,
    storage: 'ok',
    changedAt: draft?.changedAt ?? now,
    dirtySince: null,
    sending: null,
    uncertain: draft?.attempted ?? [],
    isFlushWanted: false,
    failure: null,
    conflict: null,
    isYielding: false,
  };
  if (!isDirty(state)) {
    state.base = article?.revision ?? 0;
    state.uncertain = [];
    return { state, effects: draft ? [{ type: 'discard', text: state.text }] : [] };
  }
  // The text this device sent last did arrive, and only its answer was lost; or the server was set
  // back to an older state and refuses a base it has not reached.
  const isOurs = article && state.uncertain.some((sent) => sameText(sent, article));
  if (article && (isOurs || state.base > article.revision)) {
    state.base = article.revision;
  }
  state.dirtySince = now;
  state.isFlushWanted = true;
  return { state, effects: [{ type: 'store' }] };
}

/** Ends every step: sends when it is time and nothing is on its way. */
function settle(state: SaveState, effects: SaveEffect[], now: number): Step {
  if (!isDirty(state) && !state.isYielding) {
    return { state: { ...state, isFlushWanted: false, dirtySince: null, failure: null }, effects };
  }
  if (state.sending || (state.conflict && !state.isYielding)) return { state, effects };
  const text = sendable(state);
  const due = dueAt(state);
  if (!text || due === null || due > now) return { state, effects };
  const kind = state.create ? 'create' : 'save';
  const sending = { kind, text, base: state.base } as const;
  return {
    state: { ...state, sending, isFlushWanted: false },
    effects: [
      ...effects,
      { type: 'send', ...sending },
      // The draft of anything newer has to say what is on its way.
      ...(sameText(state.text, text) ? [] : [{ type: 'store' } as const]),
    ],
  };
}

/** The server holds `current`, made from the text on its way or equal to ours. */
function confirm(state: SaveState, current: ServerText, now: number): Step {
  const next: SaveState = {
    ...state,
    confirmed: current,
    base: current.revision,
    create: null,
    sending: null,
    uncertain: [],
    failure: null,
    conflict: null,
    isYielding: false,
  };
  const effects: SaveEffect[] = [
    { type: 'announce', current },
    { type: 'discard', text: current },
  ];
  if (!isDirty(next)) return settle(next, effects, now);
  // Typing went on meanwhile: the draft has to name its new base.
  return settle({ ...next, dirtySince: now }, [...effects, { type: 'store' }], now);
}

/** Another text in the editor; a draft still being written of the former one counts no more. */
const shown = (state: SaveState, text: NoteText) => ({
  text: { title: text.title, content: text.content },
  replacements: state.replacements + 1,
  edits: state.edits + 1,
});

/** Takes the server's text in place of ours. */
function replaceBy(state: SaveState, current: ServerText, now: number): Step {
  return confirm(
    {
      ...state,
      ...shown(state, current),
      stored: { edits: state.edits + 1, text: current },
    },
    current,
    now,
  );
}

/** Continues on top of a newer revision with the same local text. */
function rebase(state: SaveState, current: ServerText, now: number): Step {
  const next: SaveState = {
    ...state,
    confirmed: current,
    base: current.revision,
    sending: null,
    failure: null,
    conflict: null,
    isYielding: false,
    isFlushWanted: true,
  };
  return settle(next, [{ type: 'store' }], now);
}

const remember = (known: NoteText[], text: NoteText): NoteText[] =>
  [...known.filter((other) => !sameText(other, text)), text].slice(-ATTEMPTS_REMEMBERED);

function onRefused(state: SaveState, current: ServerText, now: number): Step {
  const sent = state.sending?.text ?? state.text;
  const idle: SaveState = { ...state, sending: null, failure: null };
  if (idle.isYielding) {
    if (!sameText(idle.text, sent)) {
      const conflict = { theirs: current, kept: sent };
      return settle({ ...idle, conflict, isFlushWanted: true }, [], now);
    }
    const replaced = replaceBy(idle, current, now);
    return { ...replaced, effects: [...replaced.effects, { type: 'discard', text: sent }] };
  }
  if (sameText(current, idle.text)) return confirm(idle, current, now);
  // What the server holds came from here, or never changed: no one else's words are at stake.
  const isOurs =
    idle.uncertain.some((text) => sameText(text, current)) ||
    (idle.confirmed !== null && sameText(idle.confirmed, current));
  if (isOurs) return rebase(idle, current, now);
  return {
    state: { ...idle, conflict: { theirs: current, kept: sent } },
    effects: [{ type: 'store' }],
  };
}

function onChoose(state: SaveState, event: SaveEvent & { type: 'choose' }): Step {
  const { conflict } = state;
  if (!conflict) return { state, effects: [] };
  const { theirs, kept } = conflict;
  switch (event.choice) {
    case 'mine':
      return rebase(state, theirs, event.now);
    case 'merged':
      return rebase(
        {
          ...state,
          ...shown(state, event.text),
          stored: { edits: state.edits + 1, text: theirs },
          changedAt: event.now,
        },
        theirs,
        event.now,
      );
    case 'theirs': {
      if (!sameText(state.text, kept)) {
        // Typed after the refusal and kept nowhere yet: refused once more, it is kept too.
        const yielding: SaveState = { ...state, isYielding: true, isFlushWanted: true };
        return settle(yielding, [{ type: 'store' }], event.now);
      }
      const step = replaceBy(state, theirs, event.now);
      return { ...step, effects: [...step.effects, { type: 'discard', text: kept }] };
    }
  }
}

function onRemote(state: SaveState, current: ServerText, now: number): Step {
  const isBusy = state.sending !== null || state.conflict !== null || state.create !== null;
  if (isBusy || current.revision < state.base) return { state, effects: [] };
  if (sameText(state.text, current)) {
    const isNews = state.confirmed === null || current.revision !== state.base || isDirty(state);
    if (!isNews) return { state, effects: [] };
    const next: SaveState = { ...state, confirmed: current, base: current.revision, uncertain: [] };
    return settle(next, [{ type: 'discard', text: current }], now);
  }
  if (!isDirty(state)) {
    const next: SaveState = {
      ...state,
      ...shown(state, current),
      stored: { edits: state.edits + 1, text: current },
      confirmed: current,
      base: current.revision,
    };
    return { state: next, effects: [] };
  }
  if (state.uncertain.some((sent) => sameText(sent, current))) return rebase(state, current, now);
  // With changes here the save will tell; the base must stay what it was.
  return { state, effects: [] };
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
      return confirm(state, event.current, event.now);
    case 'saved': {
      const sent = state.sending?.text ?? state.text;
      const { revision, savedAt } = event;
      return confirm(state, { ...sent, revision, savedAt }, event.now);
    }
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
      const next: SaveState = { ...state, sending: null, failure, uncertain, isYielding };
      return { state: next, effects: [{ type: 'store' }] };
    }
    case 'remote':
      return onRemote(state, event.current, event.now);
    case 'choose':
      return onChoose(state, event);
  }
}
