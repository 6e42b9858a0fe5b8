import { Suspense, useEffect, useState } from 'react';
import { lazyPart } from '../../../lib/lazy-part.js';
import { toastError } from '../../../lib/toast-error.js';
import { ASK_ASSIST, type AssistStart, takeWish } from './ask-assist.js';
import type { AssistSurface } from './assist-types.js';

const AssistPanel = lazyPart('AssistPanel', () => import('./assist-panel.js'));

interface AssistHostProps {
  /** Where texts are written: the wish for help comes up from there. */
  dom: HTMLElement;
  articleId: string;
  flush: () => Promise<unknown>;
  /** Made anew for each wish. */
  makeSurface: () => Promise<AssistSurface>;
}

/** Waits below an editor until somebody wants help with the text. */
export function AssistHost({ dom, articleId, flush, makeSurface }: AssistHostProps) {
  const [open, setOpen] = useState<{ surface: AssistSurface; start: AssistStart | null } | null>(
    null,
  );
  useEffect(() => {
    let isMaking = open !== null;
    const take = () => {
      const start = takeWish(dom);
      // One at a time: what is open is decided on first.
      if (start === undefined || isMaking) return;
      isMaking = true;
      makeSurface().then(
        (surface) => setOpen({ surface, start }),
        (error) => {
          isMaking = false;
          toastError(error);
        },
      );
    };
    take();
    dom.addEventListener(ASK_ASSIST, take);
    return () => dom.removeEventListener(ASK_ASSIST, take);
  }, [dom, open, makeSurface]);
  if (!open) return null;
  return (
    <Suspense fallback={null}>
      <AssistPanel articleId={articleId} flush={flush} {...open} onClose={() => setOpen(null)} />
    </Suspense>
  );
}
