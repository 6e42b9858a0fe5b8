export {
  bm25,
  bm25OfCounts,
  type CollectionStats,
  type DocumentCounts,
  documentLength,
  termWeights,
} from './bm25.js';
export { chunkMarkdown, type MarkdownChunk } from './chunk.js';
export { countOpenTasks } from './count-open-tasks.js';
export { countWords } from './count-words.js';
export { languageOf } from './language.js';
export { isLatinWord, latinWords } from './latin-words.js';
export { type NormalizedText, normalize, originalRange } from './normalize.js';
export { osaDistance } from './osa-distance.js';
export { MAX_OVERLAP_LENGTH, overlapOf } from './overlap.js';
export { plainPassage } from './plain-passage.js';
export {
  MAX_QUERY_LENGTH,
  MAX_QUERY_TERMS,
  type ParsedQuery,
  parseQuery,
  type QueryClause,
  type QueryFilters,
  type QueryStatus,
} from './query.js';
export { passageSnippet, type Snippet, snippet } from './snippet.js';
export { titleKey } from './title-key.js';
export { type Token, tokenize } from './tokenize.js';
export { type QueryTerm, queryTerms, questionTerms, toTsquery } from './tsquery.js';
export { quoteLexeme, type SearchFields, toTsvector } from './tsvector.js';
export { countInVector, type VectorCount } from './vector-counts.js';
