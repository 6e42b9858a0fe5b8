import { m } from '@ainotebook/messages';
import { type DragEvent, useState } from 'react';

const TYPE = 'application/x-ainotebook-notes';

/** Notes on their way to a notebook, under a label that says how many. */
export function startNoteDrag(event: DragEvent, ids: readonly string[]): void {
  event.dataTransfer.setData(TYPE, JSON.stringify(ids));
  event.dataTransfer.effectAllowed = 'move';
  const label = document.createElement('div');
  label.textContent = m.drag_notes({ count: ids.length });
  label.className =
    'fixed -top-20 start-0 rounded-lg bg-accent px-3 py-1.5 text-sm font-medium text-on-accent';
  document.body.append(label);
  event.dataTransfer.setDragImage(label, 12, 12);
  // The browser has its picture once this event is over.
  setTimeout(() => label.remove());
}

function idsOf(event: DragEvent): string[] {
  try {
    const ids: unknown = JSON.parse(event.dataTransfer.getData(TYPE));
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    // Something else of that name.
    return [];
  }
}

/** A place where notes may be let go. */
export function useNoteDrop(onDrop: (ids: string[]) => void) {
  const [isOver, setIsOver] = useState(false);
  const handlers = {
    onDragOver(event: DragEvent) {
      if (!event.dataTransfer.types.includes(TYPE)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'move';
      setIsOver(true);
    },
    onDragLeave: () => setIsOver(false),
    onDrop(event: DragEvent) {
      setIsOver(false);
      const ids = idsOf(event);
      if (ids.length === 0) return;
      event.preventDefault();
      onDrop(ids);
    },
  };
  return { isOver, handlers };
}
