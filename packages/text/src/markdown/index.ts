export { parseMarkdown, serializeMarkdown } from './codec.js';
export { frontMatterEnd } from './front-matter.js';
export type { Callout, CalloutKind, CalloutTitle, Highlight, WikiLink } from './nodes.js';
export { extractWikiLinks, type WikiLinkPlace } from './wiki-links.js';
export { withoutSources } from './without-sources.js';
