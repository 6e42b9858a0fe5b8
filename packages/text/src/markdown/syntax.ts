import type { Root } from 'mdast';
import { frontmatterFromMarkdown, frontmatterToMarkdown } from 'mdast-util-frontmatter';
import remarkCjkFriendly from 'remark-cjk-friendly';
import remarkCjkFriendlyStrikethrough from 'remark-cjk-friendly-gfm-strikethrough';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import type { Processor } from 'unified';
import { bracketSyntax, bracketsFromMarkdown } from './brackets.js';
import { makeCallouts } from './callouts.js';
import { dollarMathFromMarkdown, dollarMathSyntax } from './dollar-math.js';
import { highlightFromMarkdown, highlightSyntax } from './highlight.js';
import { tidy } from './tidy.js';
import { ourToMarkdown } from './write.js';

/** Our constructs, as a remark plugin. */
function remarkOurs(this: Processor): void {
  const data = this.data();
  data.micromarkExtensions ??= [];
  data.micromarkExtensions.push(bracketSyntax, highlightSyntax, dollarMathSyntax);
  data.fromMarkdownExtensions ??= [];
  data.fromMarkdownExtensions.push([
    bracketsFromMarkdown,
    highlightFromMarkdown,
    dollarMathFromMarkdown,
    frontmatterFromMarkdown('yaml'),
    {
      transforms: [
        (tree: Root) => {
          tidy(tree);
          makeCallouts(tree);
        },
      ],
    },
  ]);
  data.toMarkdownExtensions ??= [];
  data.toMarkdownExtensions.push(frontmatterToMarkdown('yaml'), ourToMarkdown);
}

/**
 * The one syntax of notes, as a remark preset: GFM, emphasis beside Chinese punctuation, front
 * matter, math, `[[wiki links]]`, `==highlight==` and callouts.
 */
export const markdownSyntax = {
  plugins: [
    [remarkGfm, { singleTilde: false }],
    remarkCjkFriendly,
    [remarkCjkFriendlyStrikethrough, { singleTilde: false }],
    [remarkMath, { singleDollarTextMath: false }],
    remarkOurs,
  ],
} satisfies import('unified').Preset;
