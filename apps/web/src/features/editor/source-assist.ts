import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { withoutSources } from '@ainotebook/text/markdown';
import { isolateHistory } from '@codemirror/commands';
import { Compartment, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view';
import type { AssistSurface, Placing, Taken } from './assist/assist-types.js';

/** What is offered in place of a stretch of the source. */
interface Offer {
  from: number;
  to: number;
  text: string;
  isWhole: boolean;
}

interface Shown {
  /** What was selected. */
  from: number;
  to: number;
  isTouched: boolean;
  offer: Offer | null;
}

const show = StateEffect.define<Partial<Shown>>();

/** The assistant over the source: one change, which takes the place of what was selected. */
export function assistIn(view: EditorView, subscribe: AssistSurface['subscribe']): AssistSurface {
  const { from, to } = view.state.selection.main;
  const { doc } = view.state;
  const field = fieldFor({ from, to, isTouched: false, offer: null });
  const place = new Compartment();
  view.dispatch({ effects: StateEffect.appendConfig.of(place.of(field)) });
  const shown = () => view.state.field(field);
  const listeners = new Set<(taken: Taken) => void>();
  const offer = (next: Offer | null) => view.dispatch({ effects: show.of({ offer: next }) });

  const passage = {
    text: doc.sliceString(from, to),
    before: doc.sliceString(Math.max(0, from - LIMITS.assistBeforeLength), from).toWellFormed(),
    after: doc.sliceString(to, to + LIMITS.assistAfterLength).toWellFormed(),
  };

  return {
    passage,
    preview: (text, placing) => offer({ ...placed(shown(), text, placing), isWhole: false }),
    review(text, placing) {
      const next = placed(shown(), withoutSources(text, passage.text), placing);
      const isSame = view.state.sliceDoc(next.from, next.to) === next.text;
      // Nothing is no text: it would be an offer to delete the passage.
      offer(isSame || text.trim() === '' ? null : { ...next, isWhole: true });
    },
    openChanges: () => (shown().offer ? 1 : 0),
    isTouched: () => shown().isTouched,
    accept() {
      const { offer: taken } = shown();
      if (!taken) return;
      const replaced = view.state.sliceDoc(taken.from, taken.to);
      view.dispatch({
        changes: { from: taken.from, to: taken.to, insert: taken.text },
        selection: { anchor: taken.from + taken.text.length },
        effects: show.of({ offer: null }),
        annotations: isolateHistory.of('full'),
        userEvent: 'input',
        scrollIntoView: true,
      });
      for (const listener of listeners) listener({ text: taken.text.trim(), replaced });
    },
    reject: () => view.dispatch({ effects: show.of({ offer: null, isTouched: false }) }),
    subscribe,
    onTaken(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    end() {
      view.dispatch({ effects: place.reconfigure([]) });
      view.focus();
    },
  };

  /** A text below stands apart from the line it was made for. */
  function placed(at: Shown, text: string, placing: Placing): Omit<Offer, 'isWhole'> {
    if (placing === 'replace') return { from: at.from, to: at.to, text };
    if (placing === 'continue') return { from: at.to, to: at.to, text };
    const { to: end } = view.state.doc.lineAt(at.to);
    return { from: end, to: end, text: text === '' ? '' : `\n\n${text}` };
  }
}

function fieldFor(initial: Shown): StateField<Shown> {
  return StateField.define<Shown>({
    create: () => initial,
    update(shown, tr) {
      let next = shown;
      if (tr.docChanged) {
        const { from, to, offer } = shown;
        const isTouched = tr.changes.touchesRange(from, to) !== false;
        next = {
          from: tr.changes.mapPos(from, 1),
          to: Math.max(tr.changes.mapPos(from, 1), tr.changes.mapPos(to, -1)),
          isTouched: shown.isTouched || isTouched,
          offer:
            offer && tr.changes.touchesRange(offer.from, offer.to) === false
              ? { ...offer, from: tr.changes.mapPos(offer.from), to: tr.changes.mapPos(offer.to) }
              : null,
        };
      }
      for (const effect of tr.effects) {
        if (effect.is(show)) next = { ...next, ...effect.value };
      }
      return next;
    },
    provide: (field) => EditorView.decorations.from(field, ({ offer }) => marksFor(offer)),
  });
}

function marksFor(offer: Offer | null): DecorationSet {
  if (!offer) return Decoration.none;
  const { from, to, text, isWhole } = offer;
  const widget = Decoration.widget({ widget: new Coming(text.trimStart(), isWhole), side: 1 });
  const going = Decoration.mark({ tagName: 'del', class: 'assist-going' });
  return Decoration.set([...(to > from ? [going.range(from, to)] : []), widget.range(to)]);
}

class Coming extends WidgetType {
  constructor(
    private readonly text: string,
    private readonly isWhole: boolean,
  ) {
    super();
  }
  override eq({ text, isWhole }: Coming): boolean {
    return text === this.text && isWhole === this.isWhole;
  }
  override toDOM(): HTMLElement {
    const dom = document.createElement('div');
    const ins = document.createElement('ins');
    dom.className = this.isWhole ? 'assist-added' : 'assist-coming';
    ins.ariaLabel = m.assist_coming();
    ins.textContent = this.text;
    dom.append(ins);
    return dom;
  }
}
