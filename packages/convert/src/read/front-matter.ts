import { type AiDeclaration, aiDeclarationSchema, type ImportWarning } from '@ainotebook/contract';
import { frontMatterEnd } from '@ainotebook/text/markdown';
import { parseDocument, stringify } from 'yaml';

/** What the head of a note says of it. */
export interface FrontMatter {
  title: string | null;
  tags: string[];
  /** Of each category the path from the outside in. */
  categories: string[][];
  createdAt: Date | null;
  updatedAt: Date | null;
  /** How much of it an AI wrote, in our words. */
  ai: AiDeclaration | null;
  /** The note without what became a field; the rest of the head stays. */
  markdown: string;
  warnings: ImportWarning[];
}

const TITLE = ['title'];
const TAGS = ['tags', 'tag', 'keywords'];
const CATEGORIES = ['categories', 'category'];
const CREATED = ['date', 'created', 'created_at', 'createdAt', 'created at', 'date created'];
const UPDATED = [
  'updated',
  'updated_at',
  'updatedAt',
  'modified',
  'lastmod',
  'last_modified_at',
  'date modified',
];
/** Everything arrives as a draft. */
const DRAFT = ['draft', 'published'];
/** Says nothing that was lost, so nobody is warned of it. */
const QUIET = new Set(['slug', 'aliases', 'alias', 'id', 'layout', 'author', 'source']);

const LARGEST = 64_000;

function texts(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/[,，、]/).map((part) => part.trim());
  if (typeof value === 'number') return [String(value)];
  return Array.isArray(value) ? value.flatMap((item) => texts(item)) : [];
}

/** Hexo writes one path as a list, and several as a list of lists. */
function paths(value: unknown): string[][] {
  if (typeof value === 'string') return [value.split('/').map((part) => part.trim())];
  if (!Array.isArray(value)) return [];
  return value.some(Array.isArray) ? value.map((item) => texts(item)) : [texts(value)];
}

function dateOf(value: unknown): Date | null {
  if (value instanceof Date) return isSensible(value) ? value : null;
  if (typeof value === 'number') return dateOf(new Date(value > 1e11 ? value : value * 1000));
  if (typeof value !== 'string') return null;
  const text = value.trim();
  // Without a zone it is taken as UTC, so that every machine reads the same.
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d{1,2}-\d{1,2})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text.replaceAll('/', '-'),
    ) ?? [];
  if (day === undefined) return null;
  const [year, month = '', date = ''] = day.split('-');
  const [hour = '', ...rest] = time.split(':');
  const two = (part: string) => part.padStart(2, '0');
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return dateOf(
    new Date(`${year}-${two(month)}-${two(date)}T${[two(hour), ...rest].join(':')}${offset}`),
  );
}

/** Between the first computers and soon: anything else is a slip, and lists would be sorted by it. */
export function isSensible(date: Date): boolean {
  const time = date.getTime();
  return time > Date.UTC(1970, 0, 2) && time < Date.now() + 86_400_000;
}

/** Takes the first of the names that stands there, and all of them out. */
function take(fields: Record<string, unknown>, names: readonly string[]): unknown {
  let found: unknown;
  for (const name of names) {
    if (Object.hasOwn(fields, name)) found ??= fields[name];
    delete fields[name];
  }
  return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const none = (markdown: string, warnings: ImportWarning[] = []): FrontMatter => ({
  title: null,
  tags: [],
  categories: [],
  createdAt: null,
  updatedAt: null,
  ai: null,
  markdown,
  warnings,
});

/** Reads what stands in the head of a note, YAML or TOML, into fields; what is no field stays in the head. */
export function readFrontMatter(markdown: string): FrontMatter {
  if (markdown.startsWith('+++\n')) return readToml(markdown);
  const end = frontMatterEnd(markdown);
  if (end === 0) return none(markdown);
  const head = markdown.slice(markdown.indexOf('\n') + 1, markdown.lastIndexOf('---', end));
  const fields = head.length > LARGEST ? null : parseYaml(head);
  if (!fields) return none(markdown, [{ code: 'front_matter_broken', detail: null }]);
  const body = markdown.slice(end).replace(/^\n+/, '');
  return fieldsOf(fields, body, (rest) => `---\n${stringify(rest, { lineWidth: 0 })}---\n\n`);
}

function parseYaml(head: string): Record<string, unknown> | null {
  try {
    const document = parseDocument(head, { schema: 'core', uniqueKeys: false, logLevel: 'silent' });
    if (document.errors.length > 0) return null;
    // Aliases that multiply are how a short text becomes a long one.
    const value: unknown = document.toJS({ maxAliasCount: 20 });
    return value === null ? {} : isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function fieldsOf(
  fields: Record<string, unknown>,
  body: string,
  writeRest: (rest: Record<string, unknown>) => string,
): FrontMatter {
  const rest = { ...fields };
  const title = take(rest, TITLE);
  const categories = paths(take(rest, CATEGORIES)).map((path) => path.filter(Boolean));
  const tags = texts(take(rest, TAGS)).map((tag) => tag.replace(/^#/, ''));
  const created = take(rest, CREATED);
  const updated = take(rest, UPDATED);
  take(rest, DRAFT);
  // Other programs mean other things by it.
  const ai = aiDeclarationSchema.safeParse(rest.ai).data ?? null;
  if (ai) delete rest.ai;
  const names = Object.keys(rest);
  const told = names.filter((name) => !QUIET.has(name));
  return {
    title: typeof title === 'string' || typeof title === 'number' ? String(title) : null,
    tags: tags.filter(Boolean),
    categories: categories.filter((path) => path.length > 0),
    createdAt: dateOf(created),
    updatedAt: dateOf(updated),
    ai,
    markdown: names.length > 0 ? writeRest(rest) + body : body,
    warnings:
      told.length > 0
        ? [{ code: 'front_matter_kept', detail: told.slice(0, 8).join(', ').slice(0, 200) }]
        : [],
  };
}

/** The keys that Hugo writes, one a line; what is more than that stays as it is. */
function readToml(markdown: string): FrontMatter {
  const end = markdown.indexOf('\n+++', 3);
  if (end < 0 || end > LARGEST) return none(markdown);
  const fields: Record<string, unknown> = {};
  const rest: string[] = [];
  const known = [TITLE, TAGS, CATEGORIES, CREATED, UPDATED, DRAFT].flat();
  let isTop = true;
  for (const line of markdown.slice(4, end).split('\n')) {
    if (line.startsWith('[')) isTop = false;
    const [, name, value = ''] = /^(\w+)\s*=\s*(\S.*)$/.exec(line) ?? [];
    if (isTop && name && known.includes(name)) fields[name] = tomlValue(value.trim());
    else if (line.trim() !== '') rest.push(line);
  }
  const body = markdown.slice(end + 4).replace(/^[ \t]*\n+/, '');
  const kept = rest.length > 0 ? `\`\`\`toml\n${rest.join('\n')}\n\`\`\`\n\n` : '';
  const read = fieldsOf(fields, body, () => '');
  const warnings: ImportWarning[] =
    rest.length > 0 ? [{ code: 'front_matter_kept', detail: null }] : [];
  return { ...read, markdown: kept + read.markdown, warnings };
}

function tomlValue(value: string): unknown {
  if (value.startsWith('[')) {
    return [...value.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, a, b]) => a ?? b ?? '');
  }
  return (
    /^"(.*)"$|^'(.*)'$/
      .exec(value)
      ?.slice(1)
      .find((part) => part !== undefined) ?? value
  );
}
