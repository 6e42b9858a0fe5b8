import { m } from '@ainotebook/messages';
import { fireEvent, screen, within } from '@testing-library/dom';
import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConflictDialog } from './conflict-dialog.js';
import type { NoteText } from './save-types.js';

afterEach(cleanup);

const doc = (...blocks: string[]) => blocks.join('\n\n');
const BASE: NoteText = { title: 'title', content: doc('one', 'two', 'three', 'four', 'five') };
const MINE: NoteText = {
  title: 'title',
  content: doc('one mine', 'two', 'three mine', 'four', 'five'),
};
const THEIRS: NoteText = {
  title: 'title',
  content: doc('one theirs', 'two', 'three theirs', 'four', 'five theirs'),
};

function show({ base, mine, theirs }: { base: NoteText | null; mine: NoteText; theirs: NoteText }) {
  const on = { later: vi.fn(), choose: vi.fn(), merge: vi.fn() };
  const conflict = { theirs: { ...theirs, revision: 2, savedAt: 0 }, kept: mine, base };
  render(
    <ConflictDialog
      mine={mine}
      conflict={conflict}
      onLater={on.later}
      onChoose={on.choose}
      onMerge={on.merge}
    />,
  );
  return on;
}
const place = (number: number, count: number) =>
  within(screen.getByRole('group', { name: m.conflict_place({ number, count }) }));
const pick = (number: number, count: number, label: string) =>
  fireEvent.click(place(number, count).getByRole('radio', { name: new RegExp(`^${label}`) }));
const save = () => fireEvent.click(screen.getByRole('button', { name: m.conflict_save_merged() }));

describe('two versions of a note', () => {
  it('are merged by a choice at each place that both changed; the rest is merged already', () => {
    const on = show({ base: BASE, mine: MINE, theirs: THEIRS });
    pick(1, 2, m.conflict_theirs_short());
    pick(2, 2, m.conflict_both());
    save();
    expect(on.merge).toHaveBeenCalledExactlyOnceWith({
      title: 'title',
      content: doc('one theirs', 'two', 'three mine', 'three theirs', 'four', 'five theirs'),
    });
  });

  it('keep mine where nothing is picked', () => {
    const on = show({ base: BASE, mine: MINE, theirs: THEIRS });
    save();
    expect(on.merge).toHaveBeenCalledExactlyOnceWith({
      title: 'title',
      content: doc('one mine', 'two', 'three mine', 'four', 'five theirs'),
    });
  });

  it('have a choice between two titles', () => {
    const titled = (title: string) => ({ ...BASE, title });
    const on = show({ base: BASE, mine: titled('mine'), theirs: titled('theirs') });
    const group = within(screen.getByRole('group', { name: m.conflict_title_place() }));
    const theirs = new RegExp(`^${m.conflict_theirs_short()}`);
    fireEvent.click(group.getByRole('radio', { name: theirs }));
    save();
    expect(on.merge).toHaveBeenCalledExactlyOnceWith(titled('theirs'));
  });

  it('have a choice at every difference when nobody knows what they were made from', () => {
    const on = show({ base: null, mine: MINE, theirs: THEIRS });
    pick(3, 3, m.conflict_theirs_short());
    save();
    expect(on.merge).toHaveBeenCalledExactlyOnceWith({
      title: 'title',
      content: doc('one mine', 'two', 'three mine', 'four', 'five theirs'),
    });
  });

  it('can be merged by hand', () => {
    const on = show({ base: BASE, mine: MINE, theirs: THEIRS });
    fireEvent.click(screen.getByRole('button', { name: m.conflict_by_hand() }));
    const field = screen.getByRole('textbox', { name: m.editor_label() });
    fireEvent.change(field, { target: { value: 'written anew' } });
    save();
    expect(on.merge).toHaveBeenCalledExactlyOnceWith({ title: 'title', content: 'written anew' });
  });

  it('can be shown whole, and one of them be taken', () => {
    const on = show({ base: BASE, mine: MINE, theirs: THEIRS });
    fireEvent.click(screen.getByRole('radio', { name: m.conflict_sides() }));
    expect(screen.getByRole('region', { name: m.conflict_mine() }).textContent).toContain(
      'three mine',
    );
    fireEvent.click(screen.getByRole('button', { name: m.conflict_take_theirs() }));
    expect(on.choose).toHaveBeenCalledExactlyOnceWith('theirs');
  });
});
