export * from './places.js';
export { readSource } from './read-source.js';
