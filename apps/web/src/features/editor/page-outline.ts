import type { OutlineSource } from './editor-actions.js';

/** The headings of a text that is shown as its readers will see it. */
export function outlineOfPage(root: HTMLElement): OutlineSource {
  const headings = () => [
    ...root.querySelectorAll<HTMLElement>('.prose :is(h1, h2, h3, h4, h5, h6)'),
  ];
  return {
    read: () =>
      headings().map(({ tagName, textContent }, pos) => ({
        level: Number(tagName.slice(1)),
        text: textContent,
        pos,
      })),
    topOf: (pos) => headings()[pos]?.getBoundingClientRect().top ?? null,
    goTo: (pos) => headings()[pos]?.scrollIntoView({ block: 'start' }),
    subscribe(listener) {
      const observer = new MutationObserver(listener);
      observer.observe(root, { childList: true, subtree: true });
      return () => observer.disconnect();
    },
  };
}
