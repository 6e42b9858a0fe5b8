/** Text as a YAML string on one line; what JSON leaves and YAML does not take is escaped. */
const quote = (text: string) =>
  JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

interface Described {
  title: string;
  tags: readonly string[];
  isPinned: boolean;
  isArchived: boolean;
  /** How much of it an AI wrote; null for nothing. */
  ai: 'partly' | 'mostly' | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A note as a Markdown file: YAML front matter, an empty line, and the text exactly as it is. */
export function withFrontMatter(note: Described, content: string): string {
  const lines = [
    '---',
    `title: ${quote(note.title)}`,
    `created: ${note.createdAt.toISOString()}`,
    `updated: ${note.updatedAt.toISOString()}`,
    ...(note.tags.length > 0 ? [`tags: [${note.tags.map(quote).join(', ')}]`] : []),
    ...(note.isPinned ? ['pinned: true'] : []),
    ...(note.isArchived ? ['archived: true'] : []),
    ...(note.ai ? [`ai: ${note.ai}`] : []),
    '---',
    '',
    content,
  ];
  return lines.join('\n');
}

/** The text behind the front matter of `withFrontMatter`; null when the file is none of ours. */
export function withoutFrontMatter(file: string): string | null {
  if (!file.startsWith('---\n')) return null;
  const end = file.indexOf('\n---\n\n');
  return end < 0 ? null : file.slice(end + 6);
}
