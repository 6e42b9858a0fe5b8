import { step } from './save-machine.js';
import type { Step } from './save-moves.js';
import type { Draft, SaveEvent, SaveState, ServerText } from './save-types.js';

export const article = (content: string, revision = 1): ServerText => ({
  title: '题',
  content,
  revision,
  savedAt: 0,
});
export const text = (content: string) => ({ title: '题', content });
export const draft = (content: string, rest: Partial<Draft> = {}): Draft => ({
  ...text(content),
  articleId: 'a',
  userId: 'u',
  tabId: 't',
  baseRevision: 1,
  baseText: text('one'),
  changedAt: 0,
  attempted: [],
  create: null,
  isConflict: false,
  ...rest,
});
export const run = (start: Step | SaveState, ...events: SaveEvent[]): Step =>
  events.reduce<Step>(
    (last, event) => step(last.state, event),
    'effects' in start ? start : { state: start, effects: [] },
  );
export const edited = (content: string, now = 0): SaveEvent => ({
  type: 'edited',
  text: text(content),
  now,
});
export const stored = (edits: number, content: string, now = 0): SaveEvent => ({
  type: 'stored',
  edits,
  text: text(content),
  now,
});
export const types = (last: Step) => last.effects.map((effect) => effect.type);
