import { locateQuote, type Quote } from '@ainotebook/text/citations';
import type { AnyRouter } from '@tanstack/react-router';
import { markWords, shownQuote } from '../../lib/find-quote.js';

interface Place {
  articleId: string;
  /** Of the note, as far as is known here. */
  content: string;
  quote: Quote;
}

/** Shows a passage in the editor of a note that is about to open, until somebody writes or goes elsewhere. */
export function showInNote(router: AnyRouter, { articleId, content, quote }: Place): void {
  const leaving = new AbortController();
  const { signal } = leaving;
  let undo: (() => void) | undefined;
  const end = () => {
    leaving.abort();
    leave();
    undo?.();
  };
  const leave = router.subscribe('onBeforeNavigate', ({ toLocation }) => {
    if (!toLocation.pathname.endsWith(articleId)) end();
  });
  const show = async () => {
    const text = await appearing(signal);
    document.addEventListener('keydown', end, { once: true, signal });
    if (text.matches('.cm-content')) return selectIn(text, quote);
    const words = await shownQuote(content, quote);
    if (!signal.aborted && words.trim() !== '') undo = markWords(text, words);
  };
  // Without the mark the note is open all the same.
  void show().catch(end);
}

/** The text of one of the two editors, which come after the page. */
function appearing(signal: AbortSignal): Promise<HTMLElement> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const text = document.querySelector('main .ProseMirror, main .cm-content');
      if (!(text instanceof HTMLElement)) return;
      watcher.disconnect();
      resolve(text);
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.body, { childList: true, subtree: true });
    signal.addEventListener('abort', () => {
      watcher.disconnect();
      reject(signal.reason);
    });
  });
}

/** The source draws what is near alone; a selection is seen without the focus, which stays where it is. */
async function selectIn(text: HTMLElement, quote: Quote): Promise<void> {
  const { EditorView } = await import('@codemirror/view');
  const view = EditorView.findFromDOM(text);
  if (!view) return;
  const { status, start, end } = locateQuote(view.state.doc.toString(), quote);
  if (status === 'gone') return;
  view.dispatch({
    selection: { anchor: start, head: end },
    effects: EditorView.scrollIntoView(start, { y: 'center' }),
  });
}
