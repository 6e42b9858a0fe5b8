interface NoteLike {
  title: string;
  content: string;
}

/** A file name that every system takes. */
export const fileNameOf = (title: string, ending = 'md'): string =>
  `${
    title
      // biome-ignore lint/suspicious/noControlCharactersInRegex: file systems refuse them
      .replace(/[\u0000-\u001f\\/:*?"<>|]+/g, ' ')
      .trim()
      .slice(0, 80) || 'note'
  }.${ending}`;

export const downloadText = (name: string, text: string): void =>
  downloadBlob(name, new Blob([text], { type: 'text/markdown;charset=utf-8' }));

export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const asMarkdown = ({ title, content }: NoteLike): string =>
  title.trim() ? `# ${title.trim()}\n\n${content}` : content;

export const downloadNote = (note: NoteLike): void =>
  downloadText(fileNameOf(note.title), asMarkdown(note));

/** All unsaved texts in one file: the way out when nothing else works. */
export function downloadDrafts(drafts: NoteLike[]): void {
  if (drafts.length === 0) return;
  downloadText('ainotebook-drafts.md', drafts.map(asMarkdown).join('\n\n---\n\n'));
}
