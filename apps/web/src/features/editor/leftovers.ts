import type { ErrorCode } from '../../lib/errors.js';
import { isTransient } from '../../lib/errors.js';
import { createSaveRunner, SaveBlocked, type SavePorts } from './save-runner.js';
import type { Draft } from './save-types.js';

export type LeftoverOutcome =
  /** The server has the text. */
  | { status: 'sent' }
  /** The server keeps it as a losing revision; the article's next opening asks what to do. */
  | { status: 'conflict' }
  /** Not now: the network, the server. */
  | { status: 'later' }
  /** Never by itself: the article is gone, the text is refused. */
  | { status: 'stuck'; code: ErrorCode };

/** Brings a draft that no open editor cares for to the server, as an editor's saver would. */
export async function sendLeftover(ports: SavePorts, draft: Draft): Promise<LeftoverOutcome> {
  const { articleId, tabId } = draft;
  // Under the id of the tab that wrote it: whoever opens the article meanwhile finds it there.
  const runner = createSaveRunner({ ...ports, tabId }, { articleId, article: null, draft });
  try {
    await runner.flush();
    return { status: 'sent' };
  } catch (error) {
    if (!(error instanceof SaveBlocked) || error.code === 'closed') return { status: 'later' };
    const { code } = error;
    if (code === 'conflict') return { status: 'conflict' };
    return isTransient(code) ? { status: 'later' } : { status: 'stuck', code };
  } finally {
    runner.close();
    await runner.deviceIdle();
  }
}
