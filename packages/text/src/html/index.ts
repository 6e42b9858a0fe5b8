export type { RenderedHeading } from './decorate.js';
export { isParsable } from './limits.js';
export type { Picture, Pictures } from './pictures.js';
export {
  calloutNames,
  type RenderedMarkdown,
  type RenderLocale,
  renderMarkdown,
} from './render.js';
