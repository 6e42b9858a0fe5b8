import type { ElementContent, Root } from 'hast';
import type { Html, Parents } from 'mdast';
import rehypeHighlight from 'rehype-highlight';
import rehypeKatex from 'rehype-katex';
import rehypeSanitize from 'rehype-sanitize';
import rehypeSlug from 'rehype-slug';
import rehypeStringify from 'rehype-stringify';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { remarkRead } from '../markdown/remark-read.js';
import { markdownSyntax } from '../markdown/syntax.js';
import { renderAsWritten } from './as-written.js';
import {
  collectHeadings,
  decorate,
  ID_PREFIX,
  limitHighlighting,
  type RenderedHeading,
  type RenderWords,
} from './decorate.js';
import { DEFAULT_MAX_LENGTH, isParsable } from './limits.js';
import { KATEX, limitMath } from './math.js';
import { ourHandlers, resolveWikiLinks, type WikiLinkTargets } from './our-nodes.js';
import { addPictures, type Pictures } from './pictures.js';
import { excerptOf } from './plain-text.js';
import { schema } from './schema.js';

/** Language of the few words the rendering adds (footnotes, check boxes). */
export type RenderLocale = 'zh-CN' | 'en';

/** Safe HTML of a Markdown source. */
export interface RenderedMarkdown {
  html: string;
  headings: RenderedHeading[];
  excerpt: string;
}

const WORDS: Readonly<Record<RenderLocale, RenderWords>> = {
  'zh-CN': {
    footnotes: '脚注',
    backToReference: '返回引用',
    done: '已完成',
    open: '未完成',
    callouts: { note: '说明', tip: '提示', important: '重要', warning: '警告', caution: '当心' },
  },
  en: {
    footnotes: 'Footnotes',
    backToReference: 'Back to reference',
    done: 'Done',
    open: 'To do',
    callouts: {
      note: 'Note',
      tip: 'Tip',
      important: 'Important',
      warning: 'Warning',
      caution: 'Caution',
    },
  },
};

/** What callouts without a title are called. */
export const calloutNames = (locale: RenderLocale): RenderWords['callouts'] =>
  WORDS[locale].callouts;

const INLINE_PARENTS = new Set(['paragraph', 'heading', 'tableCell', 'emphasis', 'strong', 'link']);

/** Raw HTML is shown as the text it is; only comments vanish and `<br>` breaks the line. */
function htmlAsText(_state: unknown, node: Html, parent?: Parents): ElementContent | undefined {
  const value = node.value.replace(/<!--[\s\S]*?-->/g, '');
  if (value.trim() === '') return undefined;
  if (/^<br ?\/?>$/i.test(value)) {
    return { type: 'element', tagName: 'br', properties: {}, children: [] };
  }
  const text: ElementContent = { type: 'text', value };
  const isInline = parent !== undefined && INLINE_PARENTS.has(parent.type);
  return isInline ? text : { type: 'element', tagName: 'p', properties: {}, children: [text] };
}

function createProcessor(words: RenderWords) {
  return (
    unified()
      .use(remarkRead)
      .use(markdownSyntax)
      .use(remarkRehype, {
        clobberPrefix: ID_PREFIX,
        footnoteLabel: words.footnotes,
        footnoteBackLabel: words.backToReference,
        handlers: { html: htmlAsText, ...ourHandlers(words) },
      })
      .use(rehypeSanitize, schema)
      .use(() => limitMath)
      .use(rehypeKatex, KATEX)
      // Everything from here on is ours: what these add is not the author's to choose.
      .use(rehypeSlug, { prefix: ID_PREFIX })
      .use(() => (tree: Root) => decorate(tree, words))
      .use(() => limitHighlighting)
      .use(rehypeHighlight)
      .use(rehypeStringify)
      .freeze()
  );
}

const processors = new Map<RenderLocale, ReturnType<typeof createProcessor>>();

function processorFor(locale: RenderLocale): ReturnType<typeof createProcessor> {
  const existing = processors.get(locale);
  if (existing) return existing;
  const created = createProcessor(WORDS[locale]);
  processors.set(locale, created);
  return created;
}

/**
 * Markdown (the syntax of `../markdown`) to HTML that is safe to put into a page: no raw
 * HTML, only http, https, mailto and relative addresses, ids prefixed `user-content-`. A source
 * longer than `maxLength` UTF-16 units (300,000), or one the parser would choke on, comes back as
 * escaped text in `<pre class="plain-source">`. Wiki links lead where `links` says; `pictures` gives
 * images of this server their size and smaller files. Never throws.
 */
export function renderMarkdown(
  markdown: string,
  options: {
    maxLength?: number;
    locale?: RenderLocale;
    links?: WikiLinkTargets;
    pictures?: Pictures;
  } = {},
): RenderedMarkdown {
  const { maxLength = DEFAULT_MAX_LENGTH, locale = 'zh-CN', links = {}, pictures = {} } = options;
  if (!isParsable(markdown, maxLength)) return renderAsWritten(markdown);
  try {
    const processor = processorFor(locale);
    const tree = processor.runSync(resolveWikiLinks(processor.parse(markdown), links));
    addPictures(tree, pictures);
    const html = processor.stringify(tree);
    return { html, headings: collectHeadings(tree), excerpt: excerptOf(markdown) };
  } catch (error) {
    // The limits do not bound nesting of emphasis: the stack is the last guard.
    if (!(error instanceof RangeError)) throw error;
    return renderAsWritten(markdown);
  }
}
