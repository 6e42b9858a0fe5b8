import { excerptOf } from './plain-text.js';
import type { RenderedMarkdown } from './render.js';

/** A Markdown source as escaped text in `<pre class="plain-source">`: what is shown when it cannot be rendered. */
export function renderAsWritten(markdown: string): RenderedMarkdown {
  const escaped = markdown
    .replaceAll('\0', '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  const html = `<pre class="plain-source" tabindex="0">${escaped}</pre>`;
  return { html, headings: [], excerpt: excerptOf(markdown) };
}
