export { readPage } from './html.js';
export * from './places.js';
export { readSource } from './read-source.js';
export { isOfMachine } from './source-error.js';
