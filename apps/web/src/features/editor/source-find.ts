import {
  closeSearchPanel,
  findNext,
  findPrevious,
  openSearchPanel,
  replaceAll,
  replaceNext,
  SearchQuery,
  setSearchQuery,
} from '@codemirror/search';
import { EditorState, type Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { Finder, FindQuery } from './find-types.js';

interface Found {
  doc: Text;
  query: SearchQuery;
  matches: { from: number; to: number }[];
}

/** Finds in the source editor. */
export function finderOf(view: EditorView, subscribe: Finder['subscribe']): Finder {
  let query: FindQuery = { text: '', isCaseSensitive: false };
  let found: Found | null = null;
  const queryFor = (replace = '') =>
    new SearchQuery({
      search: query.text,
      caseSensitive: query.isCaseSensitive,
      literal: true,
      replace,
    });
  const ask = (replace?: string) =>
    view.dispatch({ effects: setSearchQuery.of(queryFor(replace)) });
  const matches = () => {
    const wanted = queryFor();
    if (found?.doc !== view.state.doc || !found.query.eq(wanted)) {
      const all = wanted.valid ? [...iterate(wanted.getCursor(view.state))] : [];
      found = { doc: view.state.doc, query: wanted, matches: all };
    }
    return found.matches;
  };
  // Marks are drawn while its panel is open, which is an empty one.
  openSearchPanel(view);
  return {
    search(next) {
      query = next;
      ask();
      const { from } = view.state.selection.main;
      const match = matches().find((one) => one.from >= from) ?? matches()[0];
      if (!match) return;
      view.dispatch({
        selection: { anchor: match.from, head: match.to },
        effects: EditorView.scrollIntoView(match.from, { y: 'center' }),
      });
    },
    step: (by) => void (by === 1 ? findNext : findPrevious)(view),
    replace(text) {
      ask(text);
      replaceNext(view);
    },
    replaceAll(text) {
      ask(text);
      replaceAll(view);
    },
    state() {
      const { from, to } = view.state.selection.main;
      const all = matches();
      const current = all.findIndex((match) => match.from === from && match.to === to) + 1;
      return { count: all.length, current };
    },
    selected() {
      const { from, to } = view.state.selection.main;
      const text = view.state.sliceDoc(from, to);
      return text.includes('\n') ? '' : text;
    },
    subscribe,
    close() {
      closeSearchPanel(view);
      if (!view.state.facet(EditorState.readOnly)) view.focus();
    },
  };
}

function* iterate(cursor: Iterator<{ from: number; to: number }>) {
  for (let next = cursor.next(); !next.done; next = cursor.next()) {
    const { from, to } = next.value;
    yield { from, to };
  }
}
