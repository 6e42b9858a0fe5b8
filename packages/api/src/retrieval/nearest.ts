import type { EmbeddingModel } from '@ainotebook/ai';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, type SQL, sql } from 'drizzle-orm';
import { articleConditions, type SearchScope } from '../search/candidates.js';
import { modelName } from './model-name.js';
import { dot, fromBytes, signBits, toUnit } from './vectors.js';

const { articles } = schema;

/** Passages whose whole vectors are compared: those that differ from the question in the fewest bits. */
const NEAREST_BITS = 400;

export interface Near {
  chunkId: string;
  articleId: string;
  /** Cosine with the question. */
  similarity: number;
}

/** Passages of a scope by how near their vectors are, the nearest first, at most 400. */
export async function findNearest(
  db: Db | Tx,
  scope: SearchScope,
  query: { model: EmbeddingModel; vector: Float32Array },
): Promise<Near[]> {
  const unit = toUnit(query.vector);
  const { rows } = await db.execute<{ chunk_id: string; article_id: string; vector: Buffer }>(
    nearestSql(scope, { model: query.model, bits: signBits(unit) }),
  );
  return rows
    .map((row) => ({
      chunkId: row.chunk_id,
      articleId: row.article_id,
      similarity: dot(unit, fromBytes(row.vector)),
    }))
    .sort((a, b) => b.similarity - a.similarity || (a.chunkId < b.chunkId ? -1 : 1));
}

/** The statement behind `findNearest`: bits of all the scope's passages, then the vectors of the best. */
export function nearestSql(
  scope: SearchScope,
  { model, bits }: { model: EmbeddingModel; bits: string },
): SQL {
  const where = and(...articleConditions(scope, Number.POSITIVE_INFINITY));
  return sql`
    with nearest as materialized (
      select v.chunk_id
      from chunk_vectors v join ${articles} on ${articles.id} = v.article_id
      where v.user_id = ${scope.userId} and v.model = ${modelName(model)}
        and v.dimensions = ${model.dimensions} and ${where}
      order by bit_count(v.bits # ${bits}::varbit), v.chunk_id
      limit ${NEAREST_BITS}
    )
    select v.chunk_id, v.article_id, v.vector
    from nearest join chunk_vectors v on v.chunk_id = nearest.chunk_id`;
}
