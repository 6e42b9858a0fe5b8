import { m } from '@ainotebook/messages';
import { canBeDocument } from '@ainotebook/text/document';
import { Editor } from '@tiptap/core';
import { type Ref, Suspense, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { isImeKey } from '../../../lib/keys.js';
import { lazyPart } from '../../../lib/lazy-part.js';
import { getPreferences } from '../../../lib/preferences.js';
import type { EditorAction, EditorHandle } from '../editor-actions.js';
import { act, activeActions, EDIT_LINK } from './actions.js';
import type { AtomTarget } from './atom-dialog.js';
import { ASK_ATOM, EDIT_ATOM, Picture } from './atoms.js';
import { isSafeAddress } from './basics.js';
import './rich.css';
import { extensions } from './extensions.js';
import { FROM_OUTSIDE, follow } from './follow.js';
import { CodeColours } from './highlight-code.js';
import { MarkdownMirror } from './markdown-mirror.js';
import { Placeholder } from './placeholder.js';
import { describePictures, insertFile } from './rich-files.js';
import type { ReadSizes } from './show-picture.js';

const AtomDialog = lazyPart('AtomDialog', () => import('./atom-dialog.js'));

const RichTools = lazyPart('RichTools', () => import('./rich-tools.js'));

/** Pixels between the caret and the edges of what is seen. */
const CLEAR = { top: 56, bottom: 64, left: 5, right: 5 };

/** From so many blocks on, those out of sight are not laid out. */
const LONG = 150;

interface RichEditorProps {
  articleId: string;
  /** The text at first; later texts come by `replacement`. */
  initialText: string;
  /** A text that replaces the editor's, and its number: a new number is a new text. */
  replacement: { number: number; text: string };
  isReadOnly: boolean;
  onChange: (text: string) => void;
  onBlur: () => void;
  /** Brings the newest text to the server. */
  flush: () => Promise<unknown>;
  /** A link was followed: the target of a wiki link. */
  onOpenTarget: (target: string) => void;
  readSizes: ReadSizes;
  /** The text is too intricate for this editor. */
  onRefuse: () => void;
  ref: Ref<EditorHandle>;
}

interface Opened {
  editor: Editor;
  mirror: MarkdownMirror;
}

/** A note as it reads, edited in place; its Markdown goes out and comes in as with the source editor. */
export function RichEditor(props: RichEditorProps) {
  const { initialText, replacement, isReadOnly, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [target, setTarget] = useState<AtomTarget | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const shown = useRef(replacement.number);
  const wanted = useRef(false);

  useImperativeHandle(ref, () => handleOf(opened?.editor ?? null, wanted), [opened]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor is made once; texts follow by `replacement`
  useEffect(() => {
    if (!host.current) return;
    if (!canBeDocument(initialText)) return props.onRefuse();
    const made = openEditor(host.current, initialText, isReadOnly, latest);
    setOpened(made);
    if (wanted.current) made.editor.commands.focus('start');
    return () => {
      setOpened(null);
      made.editor.destroy();
    };
  }, [isReadOnly]);

  useEffect(() => {
    if (!opened || shown.current === replacement.number) return;
    shown.current = replacement.number;
    const { editor, mirror } = opened;
    if (!canBeDocument(replacement.text)) return latest.current.onRefuse();
    const change = follow(editor.state, mirror, replacement.text);
    if (change) editor.view.dispatch(change);
  }, [opened, replacement]);

  useEffect(() => {
    const dom = host.current;
    if (!dom || !opened) return;
    const onAtom = (event: Event) => {
      if (event instanceof CustomEvent) setTarget({ kind: 'atom', pos: Number(event.detail) });
    };
    const onNew = (event: Event) => {
      if (event instanceof CustomEvent) setTarget({ kind: 'new', type: String(event.detail) });
    };
    const onLink = () => setTarget({ kind: 'link' });
    dom.addEventListener(EDIT_ATOM, onAtom);
    dom.addEventListener(ASK_ATOM, onNew);
    dom.addEventListener(EDIT_LINK, onLink);
    return () => {
      dom.removeEventListener(EDIT_ATOM, onAtom);
      dom.removeEventListener(ASK_ATOM, onNew);
      dom.removeEventListener(EDIT_LINK, onLink);
    };
  }, [opened]);

  return (
    <>
      <div ref={host} className="rich prose min-h-60" />
      {opened && !isReadOnly && (
        <Suspense fallback={null}>
          <RichTools
            editor={opened.editor}
            articleId={props.articleId}
            onOpenTarget={props.onOpenTarget}
            flush={props.flush}
          />
        </Suspense>
      )}
      {opened && target && (
        <Suspense fallback={null}>
          <AtomDialog editor={opened.editor} target={target} onClose={() => setTarget(null)} />
        </Suspense>
      )}
    </>
  );
}

const withSizes = (latest: { current: RichEditorProps }) =>
  extensions.map((each) =>
    each === Picture
      ? Picture.configure({ readSizes: (fileId) => latest.current.readSizes(fileId) })
      : each,
  );

function openEditor(
  element: HTMLElement,
  text: string,
  isReadOnly: boolean,
  latest: { current: RichEditorProps },
): Opened {
  let said = text;
  let isLettingGo = false;
  const mirror: { current?: MarkdownMirror } = {};
  const editor = new Editor({
    element,
    extensions: [...withSizes(latest), Placeholder, CodeColours],
    editable: !isReadOnly,
    // The content policy allows no styles from scripts; styles.css has them.
    injectCSS: false,
    editorProps: {
      // Clear of the bars that stick to the edges.
      scrollMargin: CLEAR,
      scrollThreshold: CLEAR,
      attributes: {
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': m.editor_label(),
        spellcheck: String(getPreferences().hasSpellCheck),
        autocapitalize: 'sentences',
      },
      handleDOMEvents: {
        // After Escape, Tab leaves the text instead of doing something in it.
        keydown(_view, event) {
          const isLeaving = isLettingGo && event.key === 'Tab';
          isLettingGo = event.key === 'Escape' && !isImeKey(event);
          return isLeaving;
        },
      },
      handleClick: (_view, _pos, event) => followLink(event, isReadOnly, latest.current),
    },
    // Not by a command, which could be undone.
    onBeforeCreate({ editor }) {
      mirror.current = new MarkdownMirror(editor.schema);
      const json = mirror.current.json(text);
      editor.options.content = json;
      // Before the first layout: blocks that were laid out once cost more to take out again.
      element.classList.toggle('is-long', json.content.length > LONG);
    },
    onUpdate({ editor, transaction }) {
      const next = mirror.current?.write(editor.state.doc);
      if (next === undefined) return;
      const isTyping = !transaction.getMeta(FROM_OUTSIDE);
      if (isTyping && next !== said) latest.current.onChange(next);
      said = next;
    },
    onBlur: () => latest.current.onBlur(),
  });
  if (!mirror.current) throw new Error('The editor was made without its text');
  mirror.current.attach(editor.state.doc, text);
  if (!isReadOnly) hideFromReact(editor.view.dom);
  return { editor, mirror: mirror.current };
}

/**
 * Before each change of the page React reads where the selection is, in characters from the beginning
 * of what can be edited and has the focus: a walk over the whole text, for nothing, with every key.
 * (`getSelectionInformation` of react-dom asks this property; the attribute stays.)
 */
function hideFromReact(dom: HTMLElement): void {
  Object.defineProperty(dom, 'contentEditable', { value: 'inherit' });
}

/** Links of a read-only text are followed; in a text that is written only with a key held down. */
function followLink(event: MouseEvent, isReadOnly: boolean, props: RichEditorProps): boolean {
  if (!isReadOnly && !event.ctrlKey && !event.metaKey) return false;
  const element = event.target instanceof Element ? event.target : null;
  const wiki = element?.closest<HTMLElement>('.wiki-link');
  if (wiki) {
    props.onOpenTarget(wiki.dataset.target ?? '');
    return true;
  }
  const href = element?.closest('a')?.getAttribute('href');
  if (!href) return false;
  if (!isSafeAddress(href)) return false;
  window.open(href, '_blank', 'noopener,noreferrer');
  return true;
}

function handleOf(editor: Editor | null, wanted: { current: boolean }): EditorHandle {
  let list = '';
  let active: readonly string[] = [];
  return {
    focus(where = 'start') {
      // What is asked for before the editor is there is done when it comes.
      if (editor) editor.commands.focus(where === 'start' ? 'start' : null);
      else wanted.current = true;
    },
    insertFile: (file) => void (editor && insertFile(editor, file)),
    describe: (url, alt) => void (editor && describePictures(editor, url, alt)),
    caretTo(point) {
      const found = editor?.view.posAtCoords(point);
      if (found) editor?.commands.setTextSelection(found.pos);
    },
    act: (action: EditorAction) => void (editor && act(editor, action)),
    active() {
      const now = editor ? activeActions(editor) : [];
      if (now.join() !== list) {
        list = now.join();
        active = now;
      }
      return active;
    },
    subscribe(listener) {
      editor?.on('transaction', listener);
      return () => void editor?.off('transaction', listener);
    },
    find: async () => editor && (await import('./rich-find.js')).finderOf(editor),
    outline: async () => editor && (await import('./rich-outline.js')).outlineOf(editor),
  };
}
