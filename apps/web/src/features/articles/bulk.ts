import type { ArticleSummary, UpdateManyArticlesInput } from '@ainotebook/contract';

const fold = (name: string) => name.toLocaleLowerCase();

/** An article after an action on many, as a list shows it before the server has answered. */
export function changeOf(input: UpdateManyArticlesInput, item: ArticleSummary): ArticleSummary {
  switch (input.action) {
    case 'move':
      return { ...item, notebookId: input.notebookId, formerNotebook: null };
    case 'addTags': {
      const known = new Set(item.tags.map(fold));
      return {
        ...item,
        tags: [...item.tags, ...input.tags.filter((tag) => !known.has(fold(tag)))],
      };
    }
    case 'removeTags': {
      const gone = new Set(input.tags.map(fold));
      return { ...item, tags: item.tags.filter((tag) => !gone.has(fold(tag))) };
    }
    case 'archive':
      return { ...item, status: input.isArchived ? 'archived' : 'draft' };
    case 'trash':
      return { ...item, deletedAt: new Date() };
    case 'restore':
      return { ...item, deletedAt: null };
    default:
      return item;
  }
}

/**
 * The actions that bring back what an action changed. Nothing of what it left alone is touched: a tag
 * that was there before stays.
 * @param before the articles it changed, as they were
 */
export function undoOf(
  input: UpdateManyArticlesInput,
  before: readonly ArticleSummary[],
): UpdateManyArticlesInput[] {
  const idsOf = (items: readonly ArticleSummary[]) => items.map(({ id }) => id);
  const has = ({ tags }: ArticleSummary, tag: string) =>
    tags.some((own) => fold(own) === fold(tag));
  if (before.length === 0) return [];
  switch (input.action) {
    case 'trash':
      return [{ action: 'restore', ids: idsOf(before) }];
    case 'move': {
      const places = new Set(before.map(({ notebookId }) => notebookId));
      return [...places].map((notebookId) => ({
        action: 'move',
        notebookId,
        ids: idsOf(before.filter((item) => item.notebookId === notebookId)),
      }));
    }
    case 'archive': {
      const changed = before.filter(({ status }) => (status === 'archived') !== input.isArchived);
      return changed.length === 0
        ? []
        : [{ action: 'archive', isArchived: !input.isArchived, ids: idsOf(changed) }];
    }
    case 'addTags':
      return input.tags.flatMap((tag) => {
        const ids = idsOf(before.filter((item) => !has(item, tag)));
        return ids.length === 0 ? [] : [{ action: 'removeTags' as const, tags: [tag], ids }];
      });
    case 'removeTags':
      return input.tags.flatMap((tag) => {
        const ids = idsOf(before.filter((item) => has(item, tag)));
        return ids.length === 0 ? [] : [{ action: 'addTags' as const, tags: [tag], ids }];
      });
    default:
      return [];
  }
}
