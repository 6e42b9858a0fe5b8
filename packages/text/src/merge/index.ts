export { changesBetween, type TextChange } from './changes.js';
export {
  compareMarkdown,
  type MergeChunk,
  type MergeResult,
  mergeMarkdown,
} from './merge.js';
export { type MergeChoice, resolveChunks } from './resolve.js';
