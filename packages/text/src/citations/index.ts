export { type LocatedQuote, locateQuote, type Quote, type QuoteStatus } from './locate-quote.js';
export { type CitationMark, type ParsedAnswer, parseCitations } from './parse-citations.js';
