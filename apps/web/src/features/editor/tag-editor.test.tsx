import { fireEvent, screen } from '@testing-library/dom';
import { cleanup, render } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { TagEditor } from './tag-editor.js';

afterEach(cleanup);

function Editor({ start }: { start: string[] }) {
  const [tags, setTags] = useState(start);
  return <TagEditor tags={tags} suggestions={[]} isReadOnly={false} onChange={setTags} />;
}

function openBox(start: string[] = []) {
  render(<Editor start={start} />);
  // The one button without a tag's name opens the box.
  const buttons = screen.getAllByRole('button');
  fireEvent.click(buttons.at(-1) as HTMLElement);
  return screen.getByRole('combobox');
}
const shownTags = () =>
  screen
    .getAllByRole('listitem')
    .map((item) => item.textContent)
    .filter((text) => text !== '');

describe('the tag editor', () => {
  it('adds a tag on Enter', () => {
    const box = openBox();
    fireEvent.change(box, { target: { value: '笔记' } });
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(shownTags()).toEqual(['笔记']);
  });

  it('leaves the Enter that ends a composition to the input method', () => {
    const box = openBox();
    fireEvent.change(box, { target: { value: 'bi ji' } });
    fireEvent.keyDown(box, { key: 'Enter', isComposing: true });
    fireEvent.keyDown(box, { key: 'Enter', keyCode: 229 });
    expect(shownTags()).toEqual([]);
  });

  it('knows no tag twice, whatever its case', () => {
    const box = openBox(['CSS']);
    fireEvent.change(box, { target: { value: 'css' } });
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(shownTags()).toEqual(['CSS']);
  });

  it('takes the last tag away on Backspace in the empty box only', () => {
    const box = openBox(['a', 'b']);
    fireEvent.change(box, { target: { value: 'x' } });
    fireEvent.keyDown(box, { key: 'Backspace' });
    expect(shownTags()).toEqual(['a', 'b']);
    fireEvent.change(box, { target: { value: '' } });
    fireEvent.keyDown(box, { key: 'Backspace' });
    expect(shownTags()).toEqual(['a']);
  });
});
