/**
 * A line of Vite's manifest.
 * @typedef {{ file: string, css?: string[], imports?: string[], dynamicImports?: string[], isDynamicEntry?: boolean, name?: string }} Chunk
 * @typedef {Record<string, Chunk>} Manifest
 */

/**
 * The files a browser fetches when it opens `entries` one after another; not what is imported later.
 * @param {Manifest} manifest @param {readonly string[]} entries sources, as the manifest names them
 * @returns {Set<string>}
 */
export function closureOf(manifest, entries) {
  const files = new Set();
  const seen = new Set();
  /** @param {string} key */
  const add = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    if (!chunk) throw new Error(`${key} is not in the manifest of the build`);
    files.add(chunk.file);
    for (const file of chunk.css ?? []) files.add(file);
    for (const next of chunk.imports ?? []) add(next);
  };
  for (const entry of entries) add(entry);
  return files;
}
