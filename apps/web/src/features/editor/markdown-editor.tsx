import { m } from '@ainotebook/messages';
import { changesBetween } from '@ainotebook/text/merge';
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  indentWithTab,
  moveLineDown,
  moveLineUp,
  redo,
  undo,
} from '@codemirror/commands';
import { markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, type Extension, Transaction } from '@codemirror/state';
import {
  type Command,
  drawSelection,
  dropCursor,
  EditorView,
  keymap,
  placeholder as placeholderOf,
} from '@codemirror/view';
import { type Ref, useCallback, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { getPreferences } from '../../lib/preferences.js';
import { askAssist } from './assist/ask-assist.js';
import { AssistHost } from './assist/assist-host.js';
import { blockDecorations } from './block-decorations.js';
import type { EditorAction, EditorHandle } from './editor-actions.js';
import {
  insertLink,
  insertTable,
  nextHeading,
  toggleCode,
  toggleInline,
  toggleLine,
  toggleTask,
} from './editor-commands.js';
import { editorTheme } from './editor-theme.js';
import { askForFiles, describePictures, insertFile } from './source-files.js';

/** Marks changes that came from outside, so that they are not taken for typing. */
const fromOutside = Annotation.define<boolean>();

const COMMANDS: Record<EditorAction, () => Command> = {
  bold: () => toggleInline('**'),
  italic: () => toggleInline('*'),
  strike: () => toggleInline('~~'),
  heading1: () => toggleLine(1),
  heading2: () => toggleLine(2),
  heading3: () => toggleLine(3),
  list: () => toggleLine('bullet'),
  ordered: () => toggleLine('ordered'),
  task: () => toggleLine('task'),
  quote: () => toggleLine('quote'),
  code: () => toggleCode,
  link: () => insertLink,
  table: () => insertTable(m.tool_table_column()),
  upload: () => askForFiles,
  undo: () => undo,
  redo: () => redo,
  heading: () => nextHeading,
  indent: () => indentMore,
  outdent: () => indentLess,
  assist: () => (view) => askAssist(view.dom),
};
const NOTHING: readonly string[] = [];

interface MarkdownEditorProps {
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
  ref: Ref<EditorHandle>;
}

const keys = keymap.of([
  { key: 'Mod-b', run: toggleInline('**') },
  { key: 'Mod-i', run: toggleInline('*') },
  { key: 'Mod-e', run: toggleCode },
  { key: 'Mod-Shift-x', run: toggleInline('~~') },
  // With a selection a link; without one the window's search opens.
  { key: 'Mod-k', run: (view) => !view.state.selection.main.empty && insertLink(view) },
  { key: 'Mod-Alt-1', run: toggleLine(1) },
  { key: 'Mod-Alt-2', run: toggleLine(2) },
  { key: 'Mod-Alt-3', run: toggleLine(3) },
  { key: 'Mod-Shift-7', run: toggleLine('ordered') },
  { key: 'Mod-Shift-8', run: toggleLine('bullet') },
  { key: 'Mod-Shift-9', run: toggleLine('quote') },
  { key: 'Mod-Enter', run: toggleTask },
  { key: 'Mod-Alt-ArrowUp', run: moveLineUp },
  { key: 'Mod-Alt-ArrowDown', run: moveLineDown },
  { key: 'Alt-Shift-ArrowUp', run: moveLineUp },
  { key: 'Alt-Shift-ArrowDown', run: moveLineDown },
]);

/** Those of the search that are not the bar's. */
const findKeys = searchKeymap.filter(({ key }) => key !== 'Mod-f' && key !== 'Mod-Shift-l');

function phrases(): Extension {
  return EditorState.phrases.of({
    close: m.common_close(),
    'current match': m.find_current_match(),
    'replaced $ matches': m.find_replaced({ count: '$' }),
    'replaced match on line $': m.find_replaced_line({ line: '$' }),
    'on line': m.find_on_line(),
    'Go to line': m.find_go_to_line(),
    go: m.find_go(),
  });
}

/** Markdown source in an editor made for long writing. */
export function MarkdownEditor(props: MarkdownEditorProps) {
  const { initialText, replacement, isReadOnly, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const shown = useRef(replacement.number);
  const listeners = useRef(new Set<() => void>());
  const [opened, setOpened] = useState<EditorView | null>(null);

  const subscribe = useCallback((listener: () => void) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  }, []);
  const makeSurface = useCallback(async () => {
    const { assistIn } = await import('./source-assist.js');
    if (!view.current) throw new Error('The editor is gone');
    return assistIn(view.current, subscribe);
  }, [subscribe]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it stands on nothing but what refs hold
  useImperativeHandle(
    ref,
    () => ({
      focus: () => view.current?.focus(),
      insertFile: (file) => void (view.current && insertFile(view.current, file)),
      describe: (url, alt) => void (view.current && describePictures(view.current, url, alt)),
      caretTo({ left, top }) {
        const pos = view.current?.posAtCoords({ x: left, y: top }, false);
        if (pos !== undefined) view.current?.dispatch({ selection: { anchor: pos } });
      },
      act: (action) => void (view.current && COMMANDS[action]()(view.current)),
      // The source shows its marks itself.
      active: () => NOTHING,
      subscribe,
      async find() {
        const { finderOf } = await import('./source-find.js');
        return view.current && finderOf(view.current, subscribe);
      },
      async outline() {
        const { outlineOf } = await import('./source-outline.js');
        return view.current && outlineOf(view.current, subscribe);
      },
    }),
    [],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor is made once; texts follow by `replacement`
  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initialText,
        extensions: [
          history(),
          drawSelection(),
          dropCursor(),
          EditorView.lineWrapping,
          // Clear of the bars that stick to the edges.
          EditorView.scrollMargins.of(() => ({ top: 56, bottom: 64 })),
          EditorState.allowMultipleSelections.of(true),
          EditorState.readOnly.of(isReadOnly),
          EditorView.editable.of(!isReadOnly),
          indentUnit.of('  '),
          markdown({ base: markdownLanguage, completeHTMLTags: false }),
          search({
            // The marks alone; find-bar.tsx has the rest.
            createPanel: () => ({ dom: document.createElement('div'), top: true }),
            scrollToMatch: ({ from }) => EditorView.scrollIntoView(from, { y: 'center' }),
          }),
          highlightSelectionMatches({ minSelectionLength: 2 }),
          keys,
          keymap.of([...findKeys, ...historyKeymap, ...defaultKeymap, indentWithTab]),
          placeholderOf(m.editor_placeholder()),
          phrases(),
          editorTheme,
          blockDecorations,
          EditorView.contentAttributes.of({
            'aria-label': m.editor_label(),
            spellcheck: String(getPreferences().hasSpellCheck),
            autocapitalize: 'sentences',
          }),
          EditorView.domEventHandlers({ blur: () => latest.current.onBlur() }),
          EditorView.updateListener.of((update) => {
            if (update.transactions.length > 0) for (const tell of listeners.current) tell();
            const isTyping = update.transactions.some(
              (tr) => tr.docChanged && !tr.annotation(fromOutside),
            );
            if (isTyping) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    setOpened(editor);
    return () => {
      view.current = null;
      setOpened(null);
      editor.destroy();
    };
  }, [isReadOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || shown.current === replacement.number) return;
    shown.current = replacement.number;
    // Only what differs, so that caret and composition stay where they are.
    const changes = changesBetween(editor.state.doc.toString(), replacement.text);
    if (changes.length === 0) return;
    editor.dispatch({
      changes,
      // Undo goes back over one's own words only.
      annotations: [fromOutside.of(true), Transaction.addToHistory.of(false)],
    });
  }, [replacement]);

  return (
    <>
      <div ref={host} className="min-h-60" />
      {opened && !isReadOnly && (
        <AssistHost
          dom={opened.dom}
          articleId={props.articleId}
          flush={props.flush}
          makeSurface={makeSurface}
        />
      )}
    </>
  );
}
