export type { Letter, LetterSite } from './letter.js';
export { type LetterContent, writeLetter } from './letters.js';
