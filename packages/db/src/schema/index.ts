export * from './articles.js';
export * from './links.js';
export * from './notebooks.js';
export * from './notifications.js';
export * from './publications.js';
export * from './search.js';
export * from './system.js';
export * from './users.js';
