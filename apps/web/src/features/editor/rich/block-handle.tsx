import { m } from '@ainotebook/messages';
import type { Editor } from '@tiptap/core';
import { ArrowDown, ArrowUp, Copy, GripVertical, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { matchesShortcut, shortcutLabel } from '../../../lib/keys.js';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../../ui/menu.js';
import { beginDrag, duplicate, kindsFor, move, remove } from './block-actions.js';
import { blockBeside, posOfElement } from './block-places.js';
import { moveBlock, posOfBlock } from './move-block.js';
import type { Place } from './places.js';

const SIZE = 24;
const GAP = 6;
/** So far beside the text the pointer still means a block, in pixels. */
const REACH = 56;

const MOVES = [
  ['mod+alt+arrowup', -1],
  ['alt+shift+arrowup', -1],
  ['mod+alt+arrowdown', 1],
  ['alt+shift+arrowdown', 1],
] as const;

/** Beside the block under the mouse: dragged it moves the block, pressed it shows what can be done with it. */
export function BlockHandle({ editor }: { editor: Editor }) {
  const [block, setBlock] = useState<HTMLElement | null>(null);
  const [pos, setPos] = useState<number | null>(null);
  const place = block?.isConnected ? placeFor(editor, block) : null;
  useBlockUnderMouse(editor, pos === null, setBlock);
  useBlockKeys(editor, (at) => {
    const dom = editor.view.nodeDOM(at);
    if (dom instanceof HTMLElement) setBlock(dom);
    setPos(at);
  });
  const close = () => {
    setPos(null);
    setBlock(null);
  };
  if (!block || !place) return null;
  return (
    <div style={place} className="fixed z-20 size-6">
      {/* biome-ignore lint/a11y/useSemanticElements: Firefox drags no button */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: by keys the menu opens from the text */}
      <span
        role="button"
        draggable
        tabIndex={-1}
        title={m.block_handle_hint()}
        aria-label={m.block_handle()}
        aria-haspopup="menu"
        aria-expanded={pos !== null}
        onClick={() => setPos(posOfElement(editor.view, block))}
        onDragStart={(event) => {
          const at = posOfElement(editor.view, block);
          if (at !== null) beginDrag(editor, at, event.nativeEvent);
        }}
        onDragEnd={() => {
          editor.view.dragging = null;
          setBlock(null);
        }}
        className="grid size-6 cursor-grab place-content-center rounded-md text-ink-3 hover:bg-hover hover:text-ink active:cursor-grabbing aria-expanded:bg-hover [&_svg]:size-4"
      >
        <GripVertical />
      </span>
      {pos !== null && <BlockMenu editor={editor} pos={pos} onClose={close} />}
    </div>
  );
}

interface BlockMenuProps {
  editor: Editor;
  /** Where the block begins. */
  pos: number;
  onClose: () => void;
}

function BlockMenu({ editor, pos, onClose }: BlockMenuProps) {
  const kinds = kindsFor(editor, pos);
  return (
    <Menu
      onClose={() => {
        onClose();
        // Once the menu has given the focus up.
        setTimeout(() => editor.view.focus());
      }}
      align="start"
      trigger={
        <span aria-hidden className="pointer-events-none absolute inset-0">
          <span className="sr-only">{m.block_handle()}</span>
        </span>
      }
    >
      <MenuItem
        icon={<ArrowUp />}
        isDisabled={!moveBlock(editor.state, -1, pos)}
        onSelect={() => move(editor, pos, -1)}
        shortcut={shortcutLabel('mod+alt+up')}
      >
        {m.block_up()}
      </MenuItem>
      <MenuItem
        icon={<ArrowDown />}
        isDisabled={!moveBlock(editor.state, 1, pos)}
        onSelect={() => move(editor, pos, 1)}
        shortcut={shortcutLabel('mod+alt+down')}
      >
        {m.block_down()}
      </MenuItem>
      <MenuItem icon={<Copy />} onSelect={() => duplicate(editor, pos)}>
        {m.block_duplicate()}
      </MenuItem>
      <MenuItem icon={<Trash2 />} isDanger onSelect={() => remove(editor, pos)}>
        {m.common_delete()}
      </MenuItem>
      {kinds.length > 0 && (
        <>
          <MenuSeparator />
          <MenuLabel>{m.block_turn()}</MenuLabel>
          {kinds.map(({ label, run }) => (
            <MenuItem key={label} onSelect={run}>
              {label}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}

/** Left of the text, at the height of the block's first line. */
function placeFor(editor: Editor, block: HTMLElement): Place {
  const { top, height } = block.getBoundingClientRect();
  const line = Number.parseFloat(getComputedStyle(block).lineHeight) || SIZE;
  const { left } = editor.view.dom.getBoundingClientRect();
  return { left: left - SIZE - GAP, top: top + (Math.min(line, height) - SIZE) / 2 };
}

function useBlockUnderMouse(
  editor: Editor,
  isFree: boolean,
  onBlock: (block: HTMLElement | null) => void,
): void {
  const latest = useRef({ isFree, onBlock });
  latest.current = { isFree, onBlock };
  useEffect(() => {
    let frame = 0;
    const tell = (block: HTMLElement | null) =>
      latest.current.isFree && latest.current.onBlock(block);
    const onMove = ({ pointerType, clientX, clientY, buttons }: PointerEvent) => {
      cancelAnimationFrame(frame);
      // Nothing stands in the way while a selection is being drawn.
      if (pointerType !== 'mouse' || buttons !== 0) return;
      frame = requestAnimationFrame(() => {
        if (editor.isDestroyed) return;
        const { left, right, top, bottom } = editor.view.dom.getBoundingClientRect();
        const isNear =
          clientX > left - REACH && clientX < right && clientY > top && clientY < bottom;
        const block = isNear ? blockBeside(editor.view, clientY) : null;
        // Between two blocks it stays with the one before.
        if (block || !isNear) tell(block);
      });
    };
    const hide = () => tell(null);
    document.addEventListener('pointermove', onMove, { passive: true });
    document.addEventListener('scroll', hide, { capture: true, passive: true });
    editor.on('update', hide);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener('pointermove', onMove);
      document.removeEventListener('scroll', hide, true);
      editor.off('update', hide);
    };
  }, [editor]);
}

/** Moves what is selected by keys, and opens the menu of the block at the caret. */
function useBlockKeys(editor: Editor, onMenu: (pos: number) => void): void {
  const latest = useRef(onMenu);
  latest.current = onMenu;
  useEffect(() => {
    const { dom } = editor.view;
    const onKeyDown = (event: KeyboardEvent) => {
      const by = MOVES.find(([keys]) => matchesShortcut(event, keys))?.[1];
      const isMenu = matchesShortcut(event, 'alt+enter');
      if (!by && !isMenu) return;
      // Before the editor takes it for a key of its own.
      event.preventDefault();
      event.stopPropagation();
      const tr = by && moveBlock(editor.state, by);
      if (tr) editor.view.dispatch(tr);
      const pos = posOfBlock(editor.state);
      if (isMenu && pos !== null) latest.current(pos);
    };
    dom.addEventListener('keydown', onKeyDown, true);
    return () => dom.removeEventListener('keydown', onKeyDown, true);
  }, [editor]);
}
