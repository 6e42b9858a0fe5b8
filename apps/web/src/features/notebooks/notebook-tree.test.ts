import type { Notebook } from '@ainotebook/contract';
import { describe, expect, it } from 'vitest';
import { buildTree, subtreeIds, visibleRows } from './notebook-tree.js';

const notebook = (id: string, parentId: string | null, position: string): Notebook => ({
  id,
  parentId,
  name: id.toUpperCase(),
  position,
  articleCount: 0,
  createdAt: new Date(0),
  updatedAt: new Date(0),
});
const list = [
  notebook('b', null, 'a1'),
  notebook('a', null, 'a0'),
  notebook('b2', 'b', 'a1'),
  notebook('b1', 'b', 'Zz'),
  notebook('lost', 'gone', 'a5'),
];

describe('the notebook tree', () => {
  it('orders siblings by the bytes of their positions', () => {
    const rows = visibleRows(buildTree(list), () => true);
    expect(rows.map((row) => row.notebook.id)).toEqual(['a', 'b', 'b1', 'b2', 'lost']);
  });

  it('hides what lies under a closed notebook', () => {
    const rows = visibleRows(buildTree(list), () => false);
    expect(rows.map((row) => row.notebook.id)).toEqual(['a', 'b', 'lost']);
  });

  it('knows everything below a notebook, where it cannot be moved', () => {
    expect(subtreeIds(buildTree(list), 'b')).toEqual(new Set(['b', 'b1', 'b2']));
  });
});
