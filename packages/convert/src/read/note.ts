import { type AiDeclaration, type ImportWarning, LIMITS, utf8Length } from '@ainotebook/contract';
import { findLinks } from './find-links.js';
import type { ReadNote } from './items.js';
import { ItemError } from './source-error.js';
import { cleanText, cut, oneLine } from './text.js';

const MAX_WARNINGS = 20;

/** A note as a reader made it, before the limits of ours. */
export interface DraftNote {
  path: string;
  title: string;
  markdown: string;
  notebooks?: string[];
  tags?: string[];
  createdAt?: Date | null;
  updatedAt?: Date | null;
  ai?: AiDeclaration | null;
  warnings?: ImportWarning[];
  /** Its pictures are on the web, and are brought along. */
  hasRemotePictures?: boolean;
}

function tagsOf(names: readonly string[]): { tags: string[]; isCut: boolean } {
  const seen = new Map<string, string>();
  let isCut = false;
  for (const name of names) {
    const tag = cut(oneLine(name.replace(/[#,，]/g, ' ')), LIMITS.tagNameLength);
    if (tag === '') continue;
    if (tag.length < oneLine(name).length - 1) isCut = true;
    const key = tag.toLowerCase();
    if (!seen.has(key)) seen.set(key, tag);
  }
  const tags = [...seen.values()];
  return {
    tags: tags.slice(0, LIMITS.tagsPerArticle),
    isCut: isCut || tags.length > LIMITS.tagsPerArticle,
  };
}

/** The folders of an item as names of notebooks; what is deeper than ours go is put together. */
function notebooksOf(names: readonly string[]): { notebooks: string[]; isTooDeep: boolean } {
  const clean = names
    .map((name) => cut(oneLine(name), LIMITS.notebookNameLength))
    .filter((name) => name !== '' && name !== '.');
  const notebooks = clean.slice(0, LIMITS.notebookDepth - 1);
  return { notebooks, isTooDeep: clean.length > notebooks.length };
}

/** Brings a note within the limits of ours. @throws ItemError too_large, empty */
export function toNote(draft: DraftNote): ReadNote {
  const warnings = [...(draft.warnings ?? [])];
  const { text: markdown, isChanged } = cleanText(draft.markdown);
  if (isChanged) warnings.push({ code: 'characters_removed', detail: null });
  if (utf8Length(markdown) > LIMITS.contentBytes) throw new ItemError('too_large');
  const whole = oneLine(draft.title);
  const title = cut(whole, LIMITS.titleLength);
  if (title === '' && markdown.trim() === '') throw new ItemError('empty');
  if (title.length < whole.length) warnings.push({ code: 'title_cut', detail: null });
  const { tags, isCut } = tagsOf(draft.tags ?? []);
  if (isCut) warnings.push({ code: 'tags_left_out', detail: null });
  const { notebooks, isTooDeep } = notebooksOf(draft.notebooks ?? []);
  if (isTooDeep) warnings.push({ code: 'folder_too_deep', detail: null });
  const createdAt = draft.createdAt ?? draft.updatedAt ?? null;
  const updatedAt = draft.updatedAt ?? createdAt;
  return {
    kind: 'note',
    path: draft.path,
    title,
    markdown,
    notebooks,
    tags,
    createdAt: createdAt && updatedAt && updatedAt < createdAt ? updatedAt : createdAt,
    updatedAt,
    links: findLinks(markdown, draft.hasRemotePictures),
    ai: draft.ai ?? null,
    warnings: warnings.slice(0, MAX_WARNINGS),
  };
}
