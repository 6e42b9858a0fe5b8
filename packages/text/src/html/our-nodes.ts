import type { Element, ElementContent } from 'hast';
import type { Root } from 'mdast';
import type { Options as ToHast } from 'remark-rehype';
import { visit } from 'unist-util-visit';
import type { Callout, Highlight, WikiLink } from '../markdown/nodes.js';
import { titleKey } from '../search/title-key.js';
import type { RenderWords } from './decorate.js';

/** Where wiki links lead, by `titleKey` of their targets; others lead nowhere. */
export type WikiLinkTargets = Readonly<Record<string, string>>;

/** Notes at each wiki link of a parsed text where it leads. */
export function resolveWikiLinks(tree: Root, links: WikiLinkTargets): Root {
  visit(tree, 'wikiLink', (node) => {
    const key = titleKey(node.target);
    if (Object.hasOwn(links, key)) node.href = links[key];
  });
  return tree;
}

type Handler = NonNullable<NonNullable<NonNullable<ToHast>['handlers']>['paragraph']>;
type State = Parameters<Handler>[0];

/** How our own nodes become elements. */
export function ourHandlers(words: RenderWords) {
  return {
    wikiLink: (_state: State, { target, alias, href }: WikiLink): Element => ({
      type: 'element',
      tagName: href ? 'a' : 'span',
      properties: href ? { href, className: ['wiki-link'] } : { className: ['wiki-link-missing'] },
      children: [{ type: 'text', value: alias ?? target }],
    }),
    highlight: (state: State, node: Highlight): Element => ({
      type: 'element',
      tagName: 'mark',
      properties: {},
      children: state.all(node),
    }),
    callout: (state: State, node: Callout): Element => {
      const [first, ...rest] = node.children;
      const title = first?.type === 'calloutTitle' ? first : null;
      const heading: ElementContent[] = title
        ? state.all(title)
        : [{ type: 'text', value: words.callouts[node.kind] }];
      const body = title ? { ...node, children: rest } : node;
      return {
        type: 'element',
        tagName: 'div',
        properties: { className: ['callout', `callout-${node.kind}`], role: 'note' },
        children: [
          {
            type: 'element',
            tagName: 'p',
            properties: { className: ['callout-title'] },
            children: heading,
          },
          ...state.wrap(state.all(body), false),
        ],
      };
    },
  };
}
