// What needs no parser, apart from it: loading the parser takes a process half a second.
export { renderAsWritten } from './as-written.js';
export { excerptOf, plainText } from './plain-text.js';
export { previewOf } from './preview.js';
