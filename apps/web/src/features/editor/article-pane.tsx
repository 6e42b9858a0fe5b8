import type { ArticleLink } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { countWords } from '@ainotebook/text/count-words';
import {
  type ClipboardEvent,
  type DragEvent,
  type ReactNode,
  Suspense,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { isImeKey, matchesShortcut } from '../../lib/keys.js';
import { langOf } from '../../lib/lang-of.js';
import { lazyPart } from '../../lib/lazy-part.js';
import { useDebounced } from '../../lib/use-debounced.js';
import { useMedia } from '../../lib/use-media.js';
import { Loading, Skeleton } from '../../ui/states.js';
import { Dock } from './dock.js';
import type { EditorHandle } from './editor-actions.js';
import { Preview } from './preview.js';
import type { SaveRunner } from './save-runner.js';
import type { NoteText } from './save-types.js';
import { Toolbar } from './toolbar.js';
import { fileMarkdown, filesOf, PICK_FILES, pickFiles } from './uploads/incoming-files.js';
import { usePictureSizes } from './uploads/use-picture-sizes.js';
import { useUploads } from './uploads/use-uploads.js';
import { useSaveState } from './use-article-session.js';

const RichEditor = lazyPart('RichEditor', () => import('./rich/rich-editor.js'));
const Outline = lazyPart('Outline', () => import('./outline.js'));
const TouchBar = lazyPart('TouchBar', () => import('./touch-bar.js'));
const UploadShelf = lazyPart('UploadShelf', () => import('./uploads/upload-shelf.js'));
const loadFindBar = () => import('./find-bar.js');
const FindBar = lazyPart('FindBar', loadFindBar);
const MarkdownEditor = lazyPart('MarkdownEditor', () => import('./markdown-editor.js'));

interface ArticlePaneProps {
  runner: SaveRunner;
  isReadOnly: boolean;
  isPreview: boolean;
  /** The Markdown itself is edited. */
  isSource: boolean;
  /** Notes above the title: in the trash, gone from the server. */
  banner: ReactNode;
  /** Tags and the like, under the title. */
  details: ReactNode;
  /** The notes that lead here: below the text, or with the outline beside it. */
  backlinks: ReactNode;
  /** How the outline is shown. */
  outline: 'rail' | 'sheet' | null;
  onCloseSheet: () => void;
  /** Something is looked for in the text. */
  isFinding: boolean;
  onFinding: (isFinding: boolean) => void;
  /** Where the wiki links of the text lead. */
  links: readonly ArticleLink[];
  onOpenLink: (articleId: string) => void;
  /** A wiki link of the editor was followed. */
  onOpenTarget: (target: string) => void;
}

/** Title, text and word count of one article. */
export function ArticlePane(props: ArticlePaneProps) {
  const { runner, isReadOnly, isPreview, isSource, banner, details, backlinks, links } = props;
  const { onOpenLink, onOpenTarget, outline, isFinding } = props;
  const state = useSaveState(runner);
  const [editor, setEditor] = useState<EditorHandle | null>(null);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  // A text that is too intricate for the one editor is shown in the other.
  const [isRefused, setIsRefused] = useState(false);
  const readSizes = usePictureSizes();
  const isTouch = useMedia('(pointer: coarse)');
  const [asked, setAsked] = useState(0);
  const takesFiles = !isPreview && !isReadOnly;
  const [initial] = useState(() => runner.getState());
  // Fetched while nobody waits for it.
  useEffect(() => void (editor && loadFindBar().catch(() => undefined)), [editor]);
  const edit = (change: Partial<NoteText>) => {
    runner.dispatch({ type: 'edited', text: { ...runner.getState().text, ...change } });
  };
  const uploads = useUploads(({ url, name, mediaType }) => {
    const file = { url, name, isPicture: mediaType.startsWith('image/') };
    if (editor) editor.insertFile(file);
    // While it is read, not edited, it goes to the end.
    else
      edit({ content: `${runner.getState().text.content.trimEnd()}\n\n${fileMarkdown(file)}\n` });
  });
  useEffect(() => {
    if (!scroller || !takesFiles) return;
    const pick = () => pickFiles(uploads.add);
    scroller.addEventListener(PICK_FILES, pick);
    return () => scroller.removeEventListener(PICK_FILES, pick);
  }, [scroller, takesFiles, uploads.add]);
  /** Before the editor reads what else is in it. */
  function take(event: ClipboardEvent | DragEvent, data: DataTransfer | null): boolean {
    const files = takesFiles ? filesOf(data) : [];
    if (files.length === 0) return false;
    event.preventDefault();
    event.stopPropagation();
    uploads.add(files);
    return true;
  }
  const shared = {
    ref: setEditor,
    articleId: runner.articleId,
    flush: () => runner.flush(),
    initialText: state.text.content,
    replacement: { number: state.replacements, text: state.text.content },
    isReadOnly,
    onChange: (content: string) => edit({ content }),
    onBlur: () => runner.dispatch({ type: 'flush' }),
  };

  return (
    <div className="relative flex min-h-0 flex-1">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut of all that is in it */}
      <div
        ref={setScroller}
        onKeyDown={(event) => {
          // The browser finds in what only reads.
          if (isPreview || !matchesShortcut(event.nativeEvent, 'mod+f')) return;
          event.preventDefault();
          // What is typed before the bar is there is not for the text.
          if (!isFinding && event.target instanceof HTMLElement) event.target.blur();
          setAsked((times) => times + 1);
          props.onFinding(true);
        }}
        onPasteCapture={(event) => take(event, event.clipboardData)}
        onDragOver={(event) => {
          if (takesFiles && event.dataTransfer.types.includes('Files')) event.preventDefault();
        }}
        onDropCapture={(event) => {
          const point = { left: event.clientX, top: event.clientY };
          if (take(event, event.dataTransfer)) editor?.caretTo(point);
        }}
        className="min-w-0 flex-1 overflow-y-auto"
      >
        <div className="mx-auto w-full max-w-(--reading-width) px-5 pt-4 md:px-10 md:pt-8">
          {banner}
          <TitleField
            title={state.text.title}
            isReadOnly={isReadOnly}
            shouldFocus={initial.text.title === '' && initial.text.content === ''}
            onChange={(title) => edit({ title })}
            onDone={() => editor?.focus()}
          />
          <div className="mt-2">{details}</div>
          {!isPreview && editor && ((!isReadOnly && !isTouch) || isFinding) && (
            <div className="sticky top-0 z-10 mt-2 border-b border-line bg-paper">
              {!isReadOnly && !isTouch && <Toolbar editor={editor} />}
              {isFinding && (
                <Suspense fallback={null}>
                  <FindBar
                    editor={editor}
                    isReadOnly={isReadOnly}
                    asked={asked}
                    onClose={() => props.onFinding(false)}
                  />
                </Suspense>
              )}
            </div>
          )}
          <div lang={langOf(state.text.content)} className="pt-4">
            {isPreview ? (
              <Preview content={state.text.content} links={links} onOpenLink={onOpenLink} />
            ) : (
              <Suspense fallback={<EditorSkeleton />}>
                {isSource || isRefused ? (
                  <>
                    {isRefused && !isSource && (
                      <p className="mb-4 rounded-lg bg-paper-3 px-3 py-2 text-sm text-ink-2">
                        {m.editor_too_complex()}
                      </p>
                    )}
                    <MarkdownEditor {...shared} />
                  </>
                ) : (
                  <RichEditor
                    {...shared}
                    onOpenTarget={onOpenTarget}
                    readSizes={readSizes}
                    onRefuse={() => setIsRefused(true)}
                  />
                )}
              </Suspense>
            )}
          </div>
          {outline !== 'rail' && backlinks}
        </div>
      </div>
      {takesFiles && editor && (
        <Dock>
          {uploads.all.length > 0 && (
            <Suspense fallback={null}>
              <UploadShelf
                uploads={uploads.all}
                onRetry={uploads.retry}
                onRemove={(upload) => {
                  uploads.remove(upload);
                  editor.focus('selection');
                }}
                onDescribe={editor.describe}
              />
            </Suspense>
          )}
          {isTouch && (
            <Suspense fallback={null}>
              <TouchBar editor={editor} />
            </Suspense>
          )}
        </Dock>
      )}
      {outline && scroller && (
        <Suspense fallback={outline === 'rail' && <div className="w-56 shrink-0" />}>
          <Outline
            editor={editor}
            scroller={scroller}
            kind={outline}
            articleId={runner.articleId}
            backlinks={backlinks}
            onClose={props.onCloseSheet}
          />
        </Suspense>
      )}
    </div>
  );
}

function EditorSkeleton() {
  return (
    <Loading>
      <div className="grid gap-4">
        <Skeleton className="h-4 w-full" />
        <Skeleton className="h-4 w-11/12" />
        <Skeleton className="h-4 w-3/5" />
      </div>
    </Loading>
  );
}

interface TitleFieldProps {
  title: string;
  isReadOnly: boolean;
  shouldFocus: boolean;
  onChange: (title: string) => void;
  onDone: () => void;
}

/** The article's name; it grows with its lines, and Enter goes on to the text. */
function TitleField({ title, isReadOnly, shouldFocus, onChange, onDone }: TitleFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (shouldFocus) field.current?.focus();
  }, [shouldFocus]);
  return (
    <div lang={langOf(title)} className="grid">
      {/* Sets the height of the field over it. */}
      <span
        aria-hidden
        className="invisible col-start-1 row-start-1 text-[1.75rem] leading-snug font-semibold break-words whitespace-pre-wrap"
      >
        {title || ' '}{' '}
      </span>
      <textarea
        ref={field}
        rows={1}
        value={title}
        readOnly={isReadOnly}
        maxLength={LIMITS.titleLength}
        aria-label={m.editor_title()}
        placeholder={m.article_untitled()}
        onChange={(event) => onChange(event.target.value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '))}
        onKeyDown={(event) => {
          if (isImeKey(event)) return;
          const isLast = event.currentTarget.selectionStart === title.length;
          if (event.key === 'Enter' || (event.key === 'ArrowDown' && isLast)) {
            event.preventDefault();
            onDone();
          }
        }}
        className="col-start-1 row-start-1 w-full resize-none overflow-hidden bg-transparent text-[1.75rem] leading-snug font-semibold outline-none placeholder:text-line-strong"
      />
    </div>
  );
}

/** Words of the text, counted when typing pauses. */
export function WordCount({ runner }: { runner: SaveRunner }) {
  const { text } = useSaveState(runner);
  const content = useDebounced(text.content, 300) ?? '';
  const count = useMemo(() => countWords(content), [content]);
  return (
    <span className="shrink-0 text-xs text-ink-3 tabular-nums max-lg:hidden">
      {m.editor_words({ count })}
    </span>
  );
}
