import { parentPort } from 'node:worker_threads';
import { renderMarkdown } from '@ainotebook/text/html';
import type { RenderSource } from './renderer.js';

parentPort?.on('message', ({ markdown, locale }: RenderSource) => {
  parentPort?.postMessage(renderMarkdown(markdown, { locale }));
});
