import type { Root } from 'mdast';
import { type Extension as FromMarkdown, fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatter } from 'micromark-extension-frontmatter';
import type { Extension } from 'micromark-util-types';
import type { Plugin, Processor } from 'unified';
import { frontMatterEnd } from './front-matter.js';

declare module 'unified' {
  interface Data {
    micromarkExtensions?: Extension[];
    fromMarkdownExtensions?: (FromMarkdown | FromMarkdown[])[];
  }
}

const FRONT_MATTER = frontmatter('yaml');

/**
 * Parses as `remark-parse` does, and front matter only where there is one: tried in vain, its
 * construct swallows every list and quote after a rule in the first line.
 */
export const remarkRead: Plugin<[], string, Root> = function (this: Processor) {
  this.parser = (markdown) => {
    const { micromarkExtensions = [], fromMarkdownExtensions = [] } = this.data();
    const hasFrontMatter = frontMatterEnd(markdown) > 0;
    return fromMarkdown(markdown, {
      extensions: hasFrontMatter ? [...micromarkExtensions, FRONT_MATTER] : micromarkExtensions,
      mdastExtensions: fromMarkdownExtensions,
    });
  };
};
