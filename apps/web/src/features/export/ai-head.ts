/**
 * A note as a file whose head says how much of it an AI wrote. The head of the note, where it has one, stays
 * the only one: whoever reads the file looks at the first.
 */
export function withAiHead(
  { title, content }: { title: string; content: string },
  ai: 'partly' | 'mostly',
): string {
  if (content.startsWith('---\n')) return `---\nai: ${ai}\n${content.slice(4)}`;
  const heading = title.trim() ? `# ${title.trim()}\n\n` : '';
  return `---\nai: ${ai}\n---\n\n${heading}${content}`;
}
