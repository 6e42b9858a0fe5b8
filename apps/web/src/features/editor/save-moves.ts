import { mergeWithServer } from './merge-note.js';
import { dueAt, isDirty, sameText, sendable } from './save-rules.js';
import type { NoteText, SaveEffect, SaveState, ServerText } from './save-types.js';

/** What a step of saving leads to. */
export interface Step {
  state: SaveState;
  effects: SaveEffect[];
}

/** Ends every step: sends when it is time and nothing is on its way. */
export function settle(state: SaveState, effects: SaveEffect[], now: number): Step {
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
export function confirm(state: SaveState, current: ServerText, now: number): Step {
  const next: SaveState = {
    ...state,
    create: null,
    ...onTopOf(current),
  };
  // Typing may have gone on meanwhile: then the draft has to name its new base.
  const effects: SaveEffect[] = [
    { type: 'announce', current },
    { type: 'discard', text: current },
    { type: 'store' },
  ];
  return settle(isDirty(next) ? { ...next, dirtySince: now } : next, effects, now);
}

/** What is true once the server's text is the base, whatever was on its way before. */
export const onTopOf = (current: ServerText) => ({
  confirmed: current,
  base: current.revision,
  baseText: { title: current.title, content: current.content },
  sending: null,
  uncertain: [],
  failure: null,
  conflict: null,
  isYielding: false,
  resolution: null,
});

/** Another text in the editor; what was stored of the former one counts no more. */
export const shown = (state: SaveState, text: NoteText, current: ServerText) => ({
  text: { title: text.title, content: text.content },
  replacements: state.replacements + 1,
  edits: state.edits + 1,
  // Known to the server, so it is not sent in place of what is shown.
  stored: { edits: state.edits + 1, text: current },
});

/** Takes the server's text in place of ours. */
export function replaceBy(state: SaveState, current: ServerText, now: number): Step {
  return confirm({ ...state, ...shown(state, current, current) }, current, now);
}

/** Continues on top of a newer revision with the same local text. */
export function rebase(state: SaveState, current: ServerText, now: number): Step {
  const next: SaveState = { ...state, ...onTopOf(current), isFlushWanted: true };
  return settle(next, [{ type: 'store' }], now);
}

/** Continues on top of a newer revision with another text, which holds what matters of both. */
export function replaceAndRebase(
  state: SaveState,
  text: NoteText,
  current: ServerText,
  now: number,
): Step {
  return rebase({ ...state, ...shown(state, text, current), changedAt: now }, current, now);
}

/** Goes on with what both texts become together; null when a person has to choose. */
export function merge(state: SaveState, current: ServerText, now: number): Step | null {
  const { text: mine, uncertain: sent, baseText } = state;
  const isOurs = [...sent, ...(baseText ? [baseText] : [])].some((one) => sameText(one, current));
  // What the server holds came from here, or is what this text was made from.
  if (isOurs) return rebase(state, current, now);
  const merged = baseText && mergeWithServer({ base: baseText, sent, mine, theirs: current });
  if (!merged) return null;
  if (sameText(merged, mine)) return rebase(state, current, now);
  if (sameText(merged, current)) return replaceBy(state, current, now);
  return replaceAndRebase({ ...state, merges: state.merges + 1 }, merged, current, now);
}
