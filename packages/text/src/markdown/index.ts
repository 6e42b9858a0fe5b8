export { parseMarkdown, serializeMarkdown } from './codec.js';
export type { Callout, CalloutKind, CalloutTitle, Highlight, WikiLink } from './nodes.js';
export { extractWikiLinks, type WikiLinkPlace } from './wiki-links.js';
