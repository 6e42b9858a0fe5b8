import { type ErrorCode, errorInfo, isTransient } from '../../lib/errors.js';
import { DEVICE_MS, inTime } from '../../lib/in-time.js';
import type { DraftStore } from './draft-store.js';
import { open, step } from './save-machine.js';
import type { Step } from './save-moves.js';
import { isAtRisk, isDirty, nextWake } from './save-rules.js';
import type {
  Draft,
  NewArticle,
  NoteText,
  SaveEffect,
  SaveEvent,
  SaveState,
  ServerText,
} from './save-types.js';

type WithoutTime<E> = E extends { now: number } ? Omit<E, 'now'> : never;
/** An event without its time, which the runner adds. */
export type RunnerEvent = WithoutTime<SaveEvent>;

export type SaveReply =
  | { status: 'saved'; revision: number; savedAt: number }
  | { status: 'conflict'; current: ServerText };

/** What saving needs of the world. */
export interface SavePorts {
  drafts: DraftStore;
  save: (articleId: string, text: NoteText, baseRevision: number) => Promise<SaveReply>;
  create: (articleId: string, text: NoteText, create: NewArticle) => Promise<ServerText>;
  /** Called with everything this tab got confirmed. */
  announce: (articleId: string, current: ServerText) => void;
  now: () => number;
  setTimer: (run: () => void, ms: number) => unknown;
  clearTimer: (timer: unknown) => void;
  userId: string;
  tabId: string;
}

export interface Opening {
  articleId: string;
  article: ServerText | null;
  draft: Draft | null;
  create?: NewArticle | null;
}

export type SaveRunner = ReturnType<typeof createSaveRunner>;

/** Carries out what the save machine decides, for one article in one tab. */
export function createSaveRunner(ports: SavePorts, opening: Opening) {
  const { articleId } = opening;
  const listeners = new Set<() => void>();
  let timer: unknown = null;
  let isClosed = false;
  let isStoreQueued = false;
  /** Writes to the device happen one after another, in the order they were asked for. */
  let deviceWork: Promise<void> = Promise.resolve();
  let state: SaveState;

  function draftOf(current: SaveState): Draft {
    return {
      articleId,
      userId: ports.userId,
      tabId: ports.tabId,
      ...current.text,
      baseRevision: current.base,
      baseText: current.baseText,
      changedAt: current.changedAt,
      // What is on its way may arrive without its answer.
      attempted: current.sending ? [...current.uncertain, current.sending.text] : current.uncertain,
      create: current.create,
      isConflict: current.conflict !== null,
    };
  }

  async function putDraft(): Promise<void> {
    const { edits, text } = state;
    try {
      await inTime(ports.drafts.put(draftOf(state)), DEVICE_MS);
      dispatch({ type: 'stored', edits, text });
    } catch {
      dispatch({ type: 'storeFailed' });
    }
  }

  function store(): void {
    // A write that waits already will take the newest text; nobody writes for a saver that is closed.
    if (isStoreQueued || isClosed) return;
    isStoreQueued = true;
    deviceWork = deviceWork.then(async () => {
      isStoreQueued = false;
      if (isDirty(state) || state.sending || state.conflict) return putDraft();
      // Left behind, it would come back as unsaved text at the next opening.
      await ports.drafts.remove(articleId, ports.tabId).catch(() => undefined);
    });
  }

  /** The store keeps the order of what is put, so nothing has to be waited for. */
  function storeNow(): void {
    if (isClosed || !isAtRisk(state)) return;
    deviceWork = Promise.all([deviceWork, putDraft()]).then(() => undefined);
  }

  function discard(text: NoteText): void {
    deviceWork = deviceWork.then(() =>
      // Left behind, it is the same text as the server's: harmless at the next opening.
      ports.drafts.discard(ports.userId, articleId, text).catch(() => undefined),
    );
  }

  async function send(effect: SaveEffect & { type: 'send' }): Promise<void> {
    const create = state.create;
    try {
      if (effect.kind === 'create' && create) {
        const current = await ports.create(articleId, effect.text, create);
        dispatch({ type: 'created', current });
        return;
      }
      const reply = await ports.save(articleId, effect.text, effect.base);
      if (reply.status === 'conflict') dispatch({ type: 'refused', current: reply.current });
      else dispatch({ type: 'saved', revision: reply.revision, savedAt: reply.savedAt });
    } catch (error) {
      const { code, retryAfterMs } = errorInfo(error);
      dispatch({ type: 'failed', code, isTransient: isTransient(code), retryAfterMs });
    }
  }

  function perform(effect: SaveEffect): void {
    switch (effect.type) {
      case 'store':
        store();
        return;
      case 'discard':
        discard(effect.text);
        return;
      case 'send':
        void send(effect);
        return;
      case 'announce':
        ports.announce(articleId, effect.current);
        return;
    }
  }

  function apply(next: Step): void {
    state = next.state;
    for (const effect of next.effects) perform(effect);
    if (timer !== null) ports.clearTimer(timer);
    timer = null;
    const wake = isClosed ? null : nextWake(state);
    if (wake !== null) {
      timer = ports.setTimer(() => dispatch({ type: 'tick' }), Math.max(0, wake - ports.now()));
    }
    for (const listener of listeners) listener();
  }

  function dispatch(event: RunnerEvent): void {
    // A union loses its link to `now` when spread; every member has exactly this field.
    apply(step(state, { ...event, now: ports.now() } as SaveEvent));
  }

  const opened = open({ ...opening, now: ports.now() });
  state = opened.state;
  apply(opened);

  return {
    articleId,
    getState: () => state,
    /** What the device should hold now. */
    getDraft: () => draftOf(state),
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    dispatch,
    /** Hands the newest text to the device at once: the page may be gone before its turn comes. */
    storeNow,
    /** Resolves when the server has everything; rejects with the failure's code when it cannot. */
    async flush(): Promise<ServerText> {
      dispatch({ type: 'retry' });
      return new Promise((resolve, reject) => {
        const check = () => {
          const isDone = !isDirty(state) && !state.sending && state.confirmed !== null;
          if (isDone && state.confirmed) resolve(state.confirmed);
          else if (isClosed) reject(new SaveBlocked('closed'));
          else if (state.conflict) reject(new SaveBlocked('conflict'));
          else if (state.failure && !state.sending) reject(new SaveBlocked(state.failure.code));
          else return;
          listeners.delete(check);
        };
        listeners.add(check);
        check();
      });
    },
    /** Waits until the device has stored what was asked so far. */
    deviceIdle: () => deviceWork,
    close(): void {
      isClosed = true;
      if (timer !== null) ports.clearTimer(timer);
      for (const listener of listeners) listener();
    },
  };
}

/** The text could not be brought to the server now; it is safe on the device. */
export class SaveBlocked extends Error {
  override name = 'SaveBlocked';
  constructor(readonly code: ErrorCode | 'closed') {
    super(`not saved: ${code}`);
  }
}
