import { readdirSync, readFileSync } from 'node:fs';
import type { Locale } from '@ainotebook/contract';
import { z } from 'zod';

/** One article of the demo, as a file in `demo/` says it. */
export interface DemoArticle {
  /** Language and file name: names the article for ever. */
  key: string;
  title: string;
  /** Names of notebooks, outermost first; empty outside every notebook. */
  notebook: string[];
  tags: string[];
  isPinned: boolean;
  /** Public address; null while it is a draft. */
  slug: string | null;
  content: string;
}

const header = z.strictObject({
  title: z.string().min(1),
  notebook: z.string(),
  tags: z.string(),
  pinned: z.literal('true').optional(),
  publish: z.string().optional(),
});

const FOLDER = new URL('../../demo/', import.meta.url);
const LOCALES: readonly Locale[] = ['zh-CN', 'en'];

const list = (text: string, separator: string) =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function parse(key: string, file: string): DemoArticle {
  const [, head = '', content = ''] = /^<!--\n([\s\S]*?)\n-->\n([\s\S]*)$/.exec(file) ?? [];
  const fields = head.split('\n').map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1).trim()];
  });
  const { title, notebook, tags, pinned, publish } = header.parse(Object.fromEntries(fields));
  return {
    key,
    title,
    notebook: list(notebook, '/'),
    tags: list(tags, ','),
    isPinned: pinned === 'true',
    slug: publish ?? null,
    content: content.trim(),
  };
}

/** The articles of the demo, Chinese first, in the order of their file names. */
export function readDemoArticles(): DemoArticle[] {
  return LOCALES.flatMap((locale) =>
    readdirSync(new URL(`${locale}/`, FOLDER))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) =>
        parse(`${locale}/${name}`, readFileSync(new URL(`${locale}/${name}`, FOLDER), 'utf8')),
      ),
  );
}
