import type { AiDeclaration, AiLevel } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { type AiShare, aiShare } from '@ainotebook/text/provenance';
import { desc, eq, inArray } from 'drizzle-orm';

const { aiSpans } = schema;

const ORDER: readonly AiLevel[] = ['none', 'partly', 'mostly'];

/** What is said of a text: what its author says of it, or what is found where that is more. */
export function levelOf(
  { total, written }: Pick<AiShare, 'total' | 'written'>,
  declared: AiDeclaration | null,
): AiLevel {
  const found = written === 0 ? 'none' : written * 2 >= total ? 'mostly' : 'partly';
  const said = declared ?? 'none';
  return ORDER.indexOf(said) > ORDER.indexOf(found) ? said : found;
}

/** In percent; a little is not nothing. */
export function percentOf(part: number, whole: number): number {
  if (part === 0 || whole === 0) return 0;
  return Math.max(1, Math.round((part / whole) * 100));
}

/** The passages of an article that an AI wrote, the newest first. */
export function readSpans(db: Db | Tx, articleId: string) {
  return db
    .select({
      id: aiSpans.id,
      source: aiSpans.source,
      model: aiSpans.model,
      text: aiSpans.text,
      own: aiSpans.own,
      createdAt: aiSpans.createdAt,
    })
    .from(aiSpans)
    .where(eq(aiSpans.articleId, articleId))
    .orderBy(desc(aiSpans.id));
}

interface Text {
  id: string;
  content: string;
  aiDeclared: AiDeclaration | null;
}

/** How much of an article an AI wrote. */
export async function readLevel(db: Db | Tx, { id, content, aiDeclared }: Text): Promise<AiLevel> {
  const spans = await readSpans(db, id);
  const share = spans.length > 0 ? aiShare(content, spans) : { total: 0, written: 0 };
  return levelOf(share, aiDeclared);
}

/** Of many articles what would have to be declared of each if nothing else were remembered of it. */
export async function readDeclared(
  db: Db | Tx,
  texts: readonly Text[],
): Promise<Map<string, AiDeclaration | null>> {
  const known = new Map(texts.map(({ id, aiDeclared }) => [id, aiDeclared]));
  const ids = [...known.keys()];
  const marked =
    ids.length === 0
      ? []
      : await db
          .selectDistinct({ id: aiSpans.articleId })
          .from(aiSpans)
          .where(inArray(aiSpans.articleId, ids));
  const withSpans = new Set(marked.map(({ id }) => id));
  for (const text of texts) {
    if (!withSpans.has(text.id)) continue;
    // One at a time: all their passages together may be long.
    const level = await readLevel(db, text);
    known.set(text.id, level === 'none' ? null : level);
  }
  return known;
}
