export { type AiShare, type AiSpan, aiShare, ownRanges } from './ai-share.js';
