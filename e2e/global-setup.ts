import { makeTemplate } from './server.js';

/** One first start for all files. */
export default async function setup(): Promise<() => Promise<void>> {
  const { folder, remove } = await makeTemplate();
  process.env.E2E_TEMPLATE = folder;
  return remove;
}
