import type { Notebook } from '@ainotebook/contract';

export interface TreeNode {
  notebook: Notebook;
  depth: number;
  children: TreeNode[];
}

/** Notebooks as a tree, siblings ordered by the bytes of their positions. */
export function buildTree(notebooks: Notebook[]): TreeNode[] {
  const known = new Set(notebooks.map((notebook) => notebook.id));
  const byParent = new Map<string | null, Notebook[]>();
  for (const notebook of notebooks) {
    // A parent deleted in another tab: its children show on top until the list is fetched anew.
    const parent = notebook.parentId && known.has(notebook.parentId) ? notebook.parentId : null;
    byParent.set(parent, [...(byParent.get(parent) ?? []), notebook]);
  }
  const level = (parentId: string | null, depth: number): TreeNode[] =>
    (byParent.get(parentId) ?? [])
      .sort((a, b) => (a.position < b.position ? -1 : a.position > b.position ? 1 : 0))
      .map((notebook) => ({ notebook, depth, children: level(notebook.id, depth + 1) }));
  return level(null, 0);
}

/** The tree as rows from top to bottom, without what lies under a closed notebook. */
export function visibleRows(tree: TreeNode[], isOpen: (id: string) => boolean): TreeNode[] {
  return tree.flatMap((node) => [
    node,
    ...(isOpen(node.notebook.id) ? visibleRows(node.children, isOpen) : []),
  ]);
}

/** A notebook and everything below it. */
export function subtreeIds(tree: TreeNode[], id: string): Set<string> {
  const ids = new Set<string>();
  const walk = (nodes: TreeNode[], isInside: boolean) => {
    for (const node of nodes) {
      const inside = isInside || node.notebook.id === id;
      if (inside) ids.add(node.notebook.id);
      walk(node.children, inside);
    }
  };
  walk(tree, false);
  return ids;
}
