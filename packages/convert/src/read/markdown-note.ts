import type { ImportProgram } from '@ainotebook/contract';
import { readFrontMatter } from './front-matter.js';
import type { ReadNote } from './items.js';
import { toNote } from './note.js';
import { cleanText, decodeText } from './text.js';

const NOTION_ID = / ?[\da-f]{32}$/;

/** A name without its ending and, in an export of Notion, without the id at its end. */
export function stemOf(name: string, program: ImportProgram): string {
  const stem = name.replace(/\.[a-z\d]{1,8}$/i, '');
  return program === 'notion' ? stem.replace(NOTION_ID, '') || stem : stem;
}

const HEADING = /^\n*# +([^\n]+?)(?: +#+)? *(?:\n+|$)/;
const MARKS = /[*_`~\\]/g;

/** Folders in which blogs keep their posts: no notebooks. */
const BLOG_FOLDERS = new Set(['_posts', 'posts', 'post', 'content', 'source', 'src', '_drafts']);

/** The folders around a path as names. */
export function foldersOf(path: string, program: ImportProgram): string[] {
  const folders = path.split('/').slice(0, -1);
  const names = folders.map((name) => (program === 'notion' ? stemOf(name, program) : name));
  return program === 'blog' ? names.filter((name) => !BLOG_FOLDERS.has(name.toLowerCase())) : names;
}

/** `#tag` in the text of an Obsidian note, code and headings left out. */
function inlineTags(markdown: string): string[] {
  const found = new Set<string>();
  const prose = markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  for (const [, tag] of prose.matchAll(/(?:^|[\s，。（(])#([\p{L}\p{N}_/-]{1,40})/gmu)) {
    if (tag && !/^\d+$/.test(tag)) found.add(tag);
    if (found.size >= 100) break;
  }
  return [...found];
}

/** Lines `Created: ...` and `Tags: ...` that Notion writes below the title. */
function notionFields(markdown: string): { tags: string[]; createdAt: Date | null } {
  const head = markdown.slice(0, 2_000).split('\n\n', 2).join('\n\n');
  const tags = /^(?:Tags|标签): (.+)$/m.exec(head)?.[1]?.split(',') ?? [];
  const created = /^(?:Created|Created time|创建时间): (.+)$/m.exec(head)?.[1];
  const time = created === undefined ? Number.NaN : Date.parse(created);
  return { tags, createdAt: Number.isNaN(time) ? null : new Date(time) };
}

/** A Markdown file. @throws ItemError unsupported, too_large, empty */
export function readMarkdownNote(
  bytes: Uint8Array,
  file: { path: string; modifiedAt: Date | null },
  program: ImportProgram,
): ReadNote {
  const { text, isGuessed } = decodeText(bytes);
  // Before the head is read: its lines are found by their ends.
  const { text: source } = cleanText(text);
  const head = readFrontMatter(source);
  const stem = stemOf(file.path.slice(file.path.lastIndexOf('/') + 1), program);
  const heading = HEADING.exec(head.markdown);
  const headingText = heading?.[1]?.replace(MARKS, '').trim();
  const title = head.title ?? (program === 'obsidian' ? stem : headingText || stem);
  // What has become the title would stand there twice.
  const markdown =
    heading && headingText === title.trim()
      ? head.markdown.slice(heading[0].length)
      : head.markdown;
  const notion = program === 'notion' ? notionFields(markdown) : null;
  const folders = foldersOf(file.path, program);
  const [category, ...others] = head.categories;
  const hasCategory = category !== undefined && folders.length === 0;
  return toNote({
    path: file.path,
    title,
    markdown,
    notebooks: hasCategory ? category : folders,
    tags: [
      ...head.tags,
      ...(hasCategory ? others : head.categories).flat(),
      ...(notion?.tags ?? []),
      ...(program === 'obsidian' ? inlineTags(markdown) : []),
    ],
    createdAt: head.createdAt ?? notion?.createdAt ?? null,
    ai: head.ai,
    updatedAt: head.updatedAt ?? (head.createdAt ? null : file.modifiedAt),
    warnings: [
      ...head.warnings,
      ...(isGuessed ? [{ code: 'encoding_guessed' as const, detail: null }] : []),
    ],
  });
}
