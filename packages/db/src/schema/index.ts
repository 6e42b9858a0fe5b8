export * from './articles.js';
export * from './notebooks.js';
export * from './search.js';
export * from './system.js';
export * from './users.js';
