import type { NoteText, SaveState, SaveStatus } from './save-types.js';

/** A pause this long in typing saves. */
export const QUIET_MS = 800;
/** Without a pause it is saved this often. */
export const MAX_WAIT_MS = 5000;

/** The server trims titles, so blanks around one are no difference. */
export const sameText = (a: NoteText, b: NoteText): boolean =>
  a.content === b.content && a.title.trim() === b.title.trim();

/** The server does not hold this text, or may hold another one that was sent from here before it. */
export const isDirty = (state: SaveState): boolean =>
  state.confirmed === null || state.uncertain.length > 0 || !sameText(state.text, state.confirmed);

/** Neither the server nor this device holds the newest text yet. */
export const isAtRisk = (state: SaveState): boolean =>
  isDirty(state) &&
  (state.storage === 'failed' || state.stored === null || !sameText(state.stored.text, state.text));

/** When `tick` is due next; null while nothing waits for time. */
export function nextWake(state: SaveState): number | null {
  if (!isDirty(state) && !state.isYielding) return null;
  if (state.sending || (state.conflict && !state.isYielding)) return null;
  if (!sendable(state)) return null;
  return dueAt(state);
}

/** The text that may go out: only what is safe on this device, unless the device cannot store. */
export function sendable(state: SaveState): NoteText | null {
  const text = state.storage === 'failed' ? state.text : (state.stored?.text ?? null);
  if (!text) return null;
  // Only the newest text is worth keeping before it gives way.
  if (state.isYielding) return sameText(text, state.text) ? text : null;
  const isKnown = state.confirmed !== null && sameText(text, state.confirmed);
  return isKnown && state.uncertain.length === 0 ? null : text;
}

export function dueAt(state: SaveState): number | null {
  const { failure } = state;
  if (failure && failure.retryAt !== null) return failure.retryAt;
  if (state.isFlushWanted) return 0;
  if (failure && state.changedAt <= failure.at) return null;
  return Math.min(state.changedAt + QUIET_MS, (state.dirtySince ?? state.changedAt) + MAX_WAIT_MS);
}

/** The text does not go on its way by itself now: no network, a refusal, a choice to make. */
export const isStuck = (state: SaveState): boolean =>
  !['saved', 'saving', 'unsaved'].includes(statusOf(state));

/** The one word people see about their text. */
export function statusOf(state: SaveState): SaveStatus {
  if (state.conflict && !state.isYielding) return 'conflict';
  if (!isDirty(state) && !state.sending) return 'saved';
  if (state.storage === 'failed') return state.sending ? 'saving' : 'unprotected';
  if (state.failure && !state.sending) {
    return state.failure.code === 'network' || state.failure.code === 'unavailable'
      ? 'offline'
      : 'failed';
  }
  return state.sending ? 'saving' : 'unsaved';
}
