import type { AssistAction, AssistEditInput, AssistTone } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { useEffect, useRef, useState } from 'react';
import { useApp } from '../../../app-context.js';
import { inTime } from '../../../lib/in-time.js';
import { useRememberAi } from '../../provenance/use-remember-ai.js';
import type { AssistSurface, Placing } from './assist-types.js';
import { failureText, refusalText } from './assist-words.js';
import { type PassageEnd, writePassage } from './write-passage.js';

/** What is wanted of a passage, without the passage. */
export type Wish =
  | { action: Exclude<AssistAction, 'tone' | 'translate' | 'custom'> }
  | { action: 'tone'; tone: AssistTone }
  | { action: 'translate'; language: 'zh' | 'en' }
  | { action: 'custom'; instruction: string };

type Step =
  | { at: 'choosing' }
  /** `ahead`: it waits, and so many come before it. */
  | { at: 'writing'; wish: Wish; ahead: number | null }
  /** `words` where something is to be said besides. */
  | { at: 'reviewing'; wish: Wish; words: string | null; isWhole: boolean };

/** A text is drawn so often at most, and less often where drawing it takes long. */
const DRAW_MS = 100;
const DRAW_SHARE = 8;
/** What is not saved by then is left out of what the server reads itself. */
const FLUSH_MS = 4000;

interface AssistOptions {
  articleId: string;
  surface: AssistSurface;
  /** Brings the newest text to the server. */
  flush: () => Promise<unknown>;
}

const BELOW: ReadonlySet<AssistAction> = new Set(['explain', 'summarise', 'outline']);

function placingOf({ action }: Wish): Placing {
  if (action === 'continue') return 'continue';
  return BELOW.has(action) ? 'below' : 'replace';
}

/** Has texts written for a passage, and shows them where they would stand. */
export function useAssist({ articleId, surface, flush }: AssistOptions) {
  const app = useApp();
  const [step, setStep] = useState<Step>({ at: 'choosing' });
  const leaving = useRef<AbortController | null>(null);
  /** Who wrote what is shown; null for nobody: then it is of the note itself. */
  const writer = useRef<{ source: AssistAction; model: string | null } | null>(null);
  const remember = useRememberAi();

  useEffect(() => () => leaving.current?.abort(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each surface
  useEffect(
    () =>
      surface.onTaken((taken) => {
        if (writer.current) remember({ articleId, ...writer.current, ...taken });
      }),
    [surface, articleId],
  );

  async function begin(wish: Wish): Promise<void> {
    leaving.current?.abort();
    const stop = new AbortController();
    leaving.current = stop;
    const placing = placingOf(wish);
    const { passage } = surface;
    const review = (words: string | null, isWhole = false) =>
      setStep({ at: 'reviewing', wish, words, isWhole });
    surface.reject();
    if (passage.text.length > LIMITS.assistTextLength) return review(m.assist_too_long());
    const waiting = (ahead: number | null) => {
      if (leaving.current === stop) setStep({ at: 'writing', wish, ahead });
    };
    waiting(null);
    surface.preview('', placing);
    let text = '';
    const draw = drawer(() => {
      // What somebody writes in the passage meanwhile is not written over.
      if (surface.isTouched()) stop.abort();
      else surface.preview(text, placing);
    });
    // The server has to know the note; whether it has the newest of it shows by itself.
    await inTime(flush(), FLUSH_MS).catch(() => undefined);
    if (stop.signal.aborted) return;
    const end = await writePassage(app, inputFor(wish, articleId, passage), {
      signal: stop.signal,
      onPlace: waiting,
      onText(now) {
        if (text === '') waiting(null);
        text = now;
        draw.soon();
      },
    });
    draw.stop();
    if (leaving.current !== stop) return;
    writer.current = writerOf(wish, end);
    const isEmpty = text.trim() === '';
    const isWhole = isWholeText(end) && !stop.signal.aborted;
    // A part of a text takes the place of nothing: what it left out would be deleted.
    const isPart = placing === 'replace' && passage.text !== '' && !isWhole && !isEmpty;
    if (isEmpty) surface.reject();
    else surface.review(text, isPart ? 'below' : placing);
    const words = wordsFor(end, { isNothing: surface.openChanges() === 0, isEmpty });
    review(isPart ? [words, m.assist_part()].filter(Boolean).join('\n') : words, isWhole);
  }

  return {
    step,
    begin,
    /** Ends the writing; what is there stays for review. */
    stop: () => leaving.current?.abort(),
    /** Forgets a text that is being written or was. */
    cancel() {
      const open = leaving.current;
      leaving.current = null;
      open?.abort();
      surface.reject();
      setStep({ at: 'choosing' });
    },
  };
}

/** Whether a text came to its own end. */
const isWholeText = (end: PassageEnd): boolean =>
  !('code' in end) && end.failure === null && !end.isCut;

function writerOf({ action }: Wish, end: PassageEnd) {
  if ('code' in end) return { source: action, model: null };
  return end.isExtractive ? null : { source: action, model: end.model };
}

function wordsFor(end: PassageEnd, text: { isNothing: boolean; isEmpty: boolean }): string | null {
  if ('code' in end) return refusalText(end.code);
  if (end.failure) return failureText(end.failure);
  if (end.isCut) return m.assist_cut();
  if (text.isEmpty) return m.assist_nothing();
  if (text.isNothing) return m.assist_no_change();
  return end.isExtractive ? m.assist_extractive() : null;
}

function inputFor(
  wish: Wish,
  articleId: string,
  { text, before, after }: AssistSurface['passage'],
): AssistEditInput {
  const around = { articleId, before, after };
  // What is written on stands behind what was selected.
  if (wish.action !== 'continue') return { ...wish, ...around, text };
  const whole = `${before}${text}`.slice(-LIMITS.assistBeforeLength).toWellFormed();
  return { action: 'continue', ...around, before: whole };
}

/** Draws now and then; how long it took says when again. */
function drawer(draw: () => void): { soon: () => void; stop: () => void } {
  let timer = 0;
  let waitMs = DRAW_MS;
  const run = () => {
    timer = 0;
    const began = performance.now();
    draw();
    waitMs = Math.max(DRAW_MS, (performance.now() - began) * DRAW_SHARE);
  };
  return {
    soon() {
      timer ||= window.setTimeout(run, waitMs);
    },
    stop: () => window.clearTimeout(timer),
  };
}
