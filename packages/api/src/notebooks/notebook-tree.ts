import { LIMITS } from '@ainotebook/contract';
import { AppError } from '../errors.js';

/** A notebook as far as the rules of the tree need it. */
export interface TreeNode {
  id: string;
  parentId: string | null;
  position: string;
}

/** All notebooks of a user, siblings in order. Pure: rules are asked of it, nothing is read. */
export class NotebookTree {
  readonly #byId: Map<string, TreeNode>;
  readonly #children = new Map<string | null, TreeNode[]>();

  constructor(nodes: readonly TreeNode[]) {
    this.#byId = new Map(nodes.map((node) => [node.id, node]));
    // Bytes, as the database compares positions; ties broken as there.
    const ordered = [...nodes].sort((a, b) =>
      a.position === b.position ? (a.id < b.id ? -1 : 1) : a.position < b.position ? -1 : 1,
    );
    for (const node of ordered) {
      const siblings = this.#children.get(node.parentId) ?? [];
      siblings.push(node);
      this.#children.set(node.parentId, siblings);
    }
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): TreeNode | undefined {
    return this.#byId.get(id);
  }

  /** Notebooks directly inside, in order; null for the top level. */
  childrenOf(id: string | null): readonly TreeNode[] {
    return this.#children.get(id) ?? [];
  }

  /** The notebook and all inside it. */
  subtree(id: string): string[] {
    return [id, ...this.childrenOf(id).flatMap((child) => this.subtree(child.id))];
  }

  /** Levels from the top down to the notebook; 0 for the top level itself. */
  depth(id: string | null): number {
    let depth = 0;
    for (let at = id; at !== null; at = this.#byId.get(at)?.parentId ?? null) depth += 1;
    return depth;
  }

  /** Levels of the notebook and what is inside it. */
  height(id: string): number {
    return 1 + Math.max(0, ...this.childrenOf(id).map((child) => this.height(child.id)));
  }

  /** @throws AppError notebook_too_deep when `levels` more do not fit under `parentId` */
  requireRoom(parentId: string | null, levels: number): void {
    if (this.depth(parentId) + levels > LIMITS.notebookDepth) {
      throw new AppError(
        'notebook_too_deep',
        `Notebooks may be nested ${LIMITS.notebookDepth} levels deep`,
      );
    }
  }
}
