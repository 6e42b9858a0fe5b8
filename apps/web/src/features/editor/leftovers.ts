import { errorInfo, isTransient } from '../../lib/errors.js';
import { sameText } from './save-rules.js';
import type { SavePorts } from './save-runner.js';
import type { Draft, ServerText } from './save-types.js';

export type LeftoverOutcome =
  /** The server has the text. */
  | 'sent'
  /** The server keeps it as a losing revision; the article's next opening asks what to do. */
  | 'conflict'
  /** Not now: the network, the server. */
  | 'later'
  /** Never by itself: the article is gone, the text is refused. */
  | 'stuck';

type LeftoverPorts = Pick<SavePorts, 'drafts' | 'save' | 'create' | 'announce' | 'userId'>;

/** Brings a draft that no open editor cares for to the server. */
export async function sendLeftover(ports: LeftoverPorts, draft: Draft): Promise<LeftoverOutcome> {
  const confirm = async (current: ServerText) => {
    await ports.drafts.discard(ports.userId, draft.articleId, draft);
    ports.announce(draft.articleId, current);
    return 'sent' as const;
  };
  try {
    let base = draft.baseRevision;
    if (draft.create) {
      const made = await ports.create(draft.articleId, draft, draft.create);
      if (sameText(made, draft)) return await confirm(made);
      base = made.revision;
    }
    let reply = await ports.save(draft.articleId, draft, base);
    if (reply.status === 'conflict') {
      const { current } = reply;
      if (sameText(current, draft)) return await confirm(current);
      if (draft.attempted.some((text) => sameText(text, current))) {
        reply = await ports.save(draft.articleId, draft, current.revision);
      }
    }
    if (reply.status === 'conflict') {
      await ports.drafts.put({ ...draft, isConflict: true });
      return 'conflict';
    }
    const { title, content } = draft;
    return await confirm({ title, content, revision: reply.revision, savedAt: reply.savedAt });
  } catch (error) {
    return isTransient(errorInfo(error).code) ? 'later' : 'stuck';
  }
}
