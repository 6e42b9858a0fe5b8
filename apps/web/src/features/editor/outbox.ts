import type { ErrorCode } from '../../lib/errors.js';
import type { DraftStore } from './draft-store.js';
import { type LeftoverOutcome, sendLeftover } from './leftovers.js';
import { isDirty, isStuck, statusOf } from './save-rules.js';
import type { SavePorts, SaveRunner } from './save-runner.js';
import type { Draft, SaveStatus } from './save-types.js';
import type { Tabs } from './tabs.js';

/** A text that is on this device only. */
export interface OutboxItem {
  draft: Draft;
  /** Whose editor has it: this tab's, another tab's, or nobody's any more. */
  holder: 'here' | 'elsewhere' | 'nobody';
  status: SaveStatus;
  /** Why it could not be saved. */
  code: ErrorCode | null;
}

/** What tells one draft from the others. */
export type DraftKey = Pick<Draft, 'articleId' | 'tabId'>;

interface OutboxPorts {
  drafts: DraftStore;
  tabs: Tabs;
  /** Ways to the server for one user's text. */
  savePorts: (userId: string) => SavePorts;
  userId: () => string | null;
  runners: () => SaveRunner[];
  /** An editor of this tab has the article or is about to. */
  isOpen: (articleId: string) => boolean;
  onChange: () => void;
}

const RETRY_MS = 30_000;
const RETRY_MAX_MS = 5 * 60_000;

const keyOf = ({ articleId, tabId }: DraftKey): string => `${articleId} ${tabId}`;

/** Creations before changes, which may need them; then the oldest first. */
export const byAge = (a: Draft, b: Draft): number =>
  Number(b.create !== null) - Number(a.create !== null) || a.changedAt - b.changedAt;

/** Knows every text that is on this device only, and brings it to the server in order. */
export function createOutbox(ports: OutboxPorts) {
  const { drafts, tabs } = ports;
  const outcomes = new Map<string, LeftoverOutcome>();
  let pending = 0;
  let waiting = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let sending: Promise<void> | null = null;

  async function count(): Promise<void> {
    const userId = ports.userId();
    const keys = userId ? await drafts.keysOf(userId).catch(() => []) : [];
    const foreign = keys.filter(([, tabId]) => tabId !== tabs.id);
    // Asked only when needed: this runs after every key.
    const live = foreign.length > 0 ? await tabs.live() : null;
    const unsaved = ports.runners().filter((runner) => isDirty(runner.getState()));
    const stuck = ports.runners().filter((runner) => isStuck(runner.getState()));
    // A device that refuses to store has no draft of what an editor holds.
    const drafted = keys.map(([articleId]) => articleId);
    pending = new Set([...drafted, ...unsaved.map(({ articleId }) => articleId)]).size;
    waiting = new Set([
      ...stuck.map(({ articleId }) => articleId),
      ...foreign.flatMap(([articleId, tabId]) => (live?.has(tabId) ? [] : [articleId])),
    ]).size;
    ports.onChange();
  }

  /** Drafts of tabs that are gone, of articles no editor here has. */
  async function leftovers(userId: string): Promise<Draft[]> {
    const all = await drafts.ofUser(userId);
    const live = await tabs.live();
    return all.filter(
      ({ articleId, tabId }) => tabId !== tabs.id && !live?.has(tabId) && !ports.isOpen(articleId),
    );
  }

  async function send(userId: string, draft: Draft): Promise<LeftoverOutcome> {
    const outcome = await sendLeftover(ports.savePorts(userId), draft);
    if (outcome.status === 'sent') outcomes.delete(keyOf(draft));
    else outcomes.set(keyOf(draft), outcome);
    return outcome;
  }

  async function sendAll(userId: string): Promise<void> {
    clearTimeout(timer);
    let isLater = false;
    await tabs.alone(async () => {
      for (const draft of (await leftovers(userId)).sort(byAge)) {
        // Opened, or signed out, while the ones before were sent.
        if (ports.isOpen(draft.articleId) || userId !== ports.userId()) continue;
        if (draft.isConflict) continue;
        isLater = (await send(userId, draft)).status === 'later';
        if (isLater) return;
      }
    });
    failures = isLater ? failures + 1 : 0;
    if (!isLater) return;
    timer = setTimeout(
      () => void sendLeftovers(),
      Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MAX_MS),
    );
  }

  /** Sends what closed tabs left behind, one after the other; a failure is tried again later. */
  function sendLeftovers(): Promise<void> {
    const userId = ports.userId();
    if (!userId) return Promise.resolve();
    sending ??= sendAll(userId)
      // Without IndexedDB there are no leftovers.
      .catch(() => undefined)
      .finally(async () => {
        sending = null;
        await count();
      });
    return sending;
  }

  function itemOf(runner: SaveRunner): OutboxItem {
    const state = runner.getState();
    const code = state.failure?.code ?? null;
    return { draft: runner.getDraft(), holder: 'here', status: statusOf(state), code };
  }

  function leftItem(draft: Draft, isLive: boolean): OutboxItem {
    const outcome = outcomes.get(keyOf(draft));
    const status =
      draft.isConflict || outcome?.status === 'conflict'
        ? 'conflict'
        : outcome?.status === 'stuck'
          ? 'failed'
          : outcome?.status === 'later'
            ? 'offline'
            : 'unsaved';
    const code = outcome?.status === 'stuck' ? outcome.code : null;
    return { draft, holder: isLive ? 'elsewhere' : 'nobody', status, code };
  }

  return {
    count,
    sendLeftovers,
    /** How many articles have text that is only on this device. */
    getPending: () => pending,
    /** How many of them do not go on their way by themselves now. */
    getWaiting: () => waiting,
    /** Every text that is on this device only, in the order in which it is sent. */
    async list(): Promise<OutboxItem[]> {
      const userId = ports.userId();
      if (!userId) return [];
      const here = ports.runners().filter((runner) => isDirty(runner.getState()));
      const stored = await drafts.ofUser(userId).catch(() => []);
      const live = await tabs.live();
      const others = stored.filter(
        ({ articleId, tabId }) =>
          tabId !== tabs.id || !here.some((runner) => runner.articleId === articleId),
      );
      return [
        ...here.map(itemOf),
        ...others.map((draft) =>
          leftItem(draft, draft.tabId !== tabs.id && (live?.has(draft.tabId) ?? false)),
        ),
      ].sort((a, b) => byAge(a.draft, b.draft));
    },
    /** Tries one leftover again, whatever became of it before. */
    async sendOne({ articleId, tabId }: DraftKey): Promise<void> {
      const userId = ports.userId();
      if (!userId) return;
      await tabs.alone(async () => {
        const draft = (await leftovers(userId)).find(
          (one) => one.articleId === articleId && one.tabId === tabId,
        );
        if (draft) await send(userId, draft);
      });
      await count();
    },
    async remove({ articleId, tabId }: DraftKey): Promise<void> {
      outcomes.delete(keyOf({ articleId, tabId }));
      await drafts.remove(articleId, tabId);
      await count();
    },
  };
}
