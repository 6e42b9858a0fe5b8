export type { RenderedHeading } from './decorate.js';
export { excerptOf, plainText } from './plain-text.js';
export { type RenderedMarkdown, type RenderLocale, renderMarkdown } from './render.js';
