export type { RenderedHeading } from './decorate.js';
export { type RenderedMarkdown, type RenderLocale, renderMarkdown } from './render.js';
