export {
  bm25,
  bm25OfCounts,
  type CollectionStats,
  type DocumentCounts,
  documentLength,
} from './bm25.js';
export { chunkMarkdown, type MarkdownChunk } from './chunk.js';
export { countWords } from './count-words.js';
export { languageOf } from './language.js';
export { type NormalizedText, normalize } from './normalize.js';
export {
  MAX_QUERY_LENGTH,
  MAX_QUERY_TERMS,
  type ParsedQuery,
  parseQuery,
  type QueryClause,
  type QueryFilters,
  type QueryStatus,
} from './query.js';
export { type Snippet, snippet } from './snippet.js';
export { type Token, tokenize } from './tokenize.js';
export { type QueryTerm, queryTerms, toTsquery } from './tsquery.js';
export { quoteLexeme, type SearchFields, toTsvector } from './tsvector.js';
export { countInVector, type VectorCount } from './vector-counts.js';
