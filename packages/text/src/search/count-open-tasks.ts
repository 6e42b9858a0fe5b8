const FENCE = /^[ \t>]*(`{3,}|~{3,})/;
const OPEN_TASK = /^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]+\[ \][ \t]+\S/;

/** Tasks of a Markdown source that nobody has ticked (`- [ ] call`); those inside code are none. */
export function countOpenTasks(markdown: string): number {
  // Most texts have none and need no look at their lines.
  if (!markdown.includes('[ ]')) return 0;
  let count = 0;
  let fence: string | null = null;
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === null && mark) fence = mark;
    else if (fence !== null && mark?.startsWith(fence)) fence = null;
    else if (fence === null && OPEN_TASK.test(line)) count += 1;
  }
  return count;
}
