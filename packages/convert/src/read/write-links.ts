import type { ImportWarning } from '@ainotebook/contract';
import type { LinkPlace } from './items.js';

/** What a place in a note leads to. */
export type LinkTarget =
  | { kind: 'note'; title: string }
  | { kind: 'file'; url: string; isPicture: boolean }
  /** Nothing; the place stays as it is. */
  | { kind: 'none'; warning: ImportWarning };

const escapeAlt = (text: string) => text.replace(/[[\]\\]/g, '\\$&').replaceAll('\n', ' ');
const titlePart = (title: string) => (title === '' ? '' : ` "${title.replace(/["\\]/g, '\\$&')}"`);

/** A wiki link to a title; null where its syntax cannot hold it. */
function wikiLink(title: string, words: string): string | null {
  if (/[[\]|#\n]/.test(title) || title.length + words.length > 390) return null;
  const alias = words.trim();
  const canBeAlias = alias !== '' && alias !== title && !/[[\]|\n]/.test(alias);
  return canBeAlias ? `[[${title}|${alias}]]` : `[[${title}]]`;
}

/** Obsidian writes the width of a picture where others write its words. */
const wordsOf = (label: string) => (/^\d+(?:x\d+)?$/.test(label) ? '' : label);

/** What stands at a place once it is known where it leads; null: as it was. */
function written(place: LinkPlace, target: Exclude<LinkTarget, { kind: 'none' }>): string | null {
  const { form, label, title } = place;
  if (target.kind === 'note') {
    return form === 'html' || form === 'definition' ? null : wikiLink(target.title, label);
  }
  const { url, isPicture } = target;
  switch (form) {
    case 'html':
      return url;
    case 'definition':
      return `[${label}]: ${url}${titlePart(title)}`;
    case 'image':
      return `![${escapeAlt(label)}](${url}${titlePart(title)})`;
    case 'link':
      return `[${label}](${url}${titlePart(title)})`;
    case 'wiki':
    case 'embed': {
      const name = escapeAlt(wordsOf(label) || (place.target.split('/').at(-1) ?? ''));
      return `${form === 'embed' && isPicture ? '!' : ''}[${name}](${url})`;
    }
  }
}

/** Puts into a note what its places lead to; all else stays byte for byte. */
export function writeLinks(
  note: { markdown: string; links: readonly LinkPlace[] },
  targetOf: (place: LinkPlace) => LinkTarget,
): { markdown: string; warnings: ImportWarning[] } {
  const warnings: ImportWarning[] = [];
  const parts: string[] = [];
  let at = 0;
  for (const place of note.links) {
    // Nested places: the outer one is written.
    if (place.start < at) continue;
    const target = targetOf(place);
    if (target.kind === 'none') {
      warnings.push(target.warning);
      continue;
    }
    const text = written(place, target);
    if (text === null) {
      warnings.push({ code: 'link_unresolved', detail: place.target.slice(0, 200) });
      continue;
    }
    if (target.kind === 'note' && (place.form === 'embed' || place.form === 'image'))
      warnings.push({ code: 'embed_became_link', detail: place.target.slice(0, 200) });
    parts.push(note.markdown.slice(at, place.start), text);
    at = place.end;
  }
  return { markdown: parts.join('') + note.markdown.slice(at), warnings };
}
