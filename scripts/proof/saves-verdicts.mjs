// Compares what the clients of the saves proof were told with what is in the database.
import { hashOf } from './saves-clients.mjs';

/** Counts what was acknowledged and is not there. */
export async function countLosses(client, ledger) {
  const { rows: revisions } = await client.query(
    'select id, article_id, number, kind, title, content from revisions',
  );
  const { rows: articles } = await client.query(
    'select id, revision, title, content from articles',
  );
  // Hashed here: a stored hash would vouch for a text that is gone.
  const written = new Set(articles.map((row) => `${row.id} ${row.revision} ${hashOf(row)}`));
  const kept = new Map();
  for (const row of revisions) {
    if (row.kind === 'conflict') kept.set(row.id, `${row.article_id} ${hashOf(row)}`);
    else written.add(`${row.article_id} ${row.number} ${hashOf(row)}`);
  }
  const hashes = new Map();
  for (const { articleId, revision, hash } of ledger.saved) {
    const key = `${articleId} ${revision}`;
    hashes.set(key, (hashes.get(key) ?? new Set()).add(hash));
  }
  return {
    missing: ledger.saved.filter((s) => !written.has(`${s.articleId} ${s.revision} ${s.hash}`))
      .length,
    otherHash: ledger.saved.filter((s) => s.answeredHash !== s.hash).length,
    conflictsMissing: ledger.conflicts.filter(
      (c) => kept.get(c.revisionId) !== `${c.articleId} ${c.hash}`,
    ).length,
    numbersUsedTwice: [...hashes.values()].filter((texts) => texts.size > 1).length,
  };
}

/** The same count after harm was done on purpose, all of it undone. */
export async function countAfterHarm(client, ledger) {
  const harm = async (text, parameters, told = ledger) => {
    await client.query('begin');
    try {
      await client.query(text, parameters);
      return await countLosses(client, told);
    } finally {
      await client.query('rollback');
    }
  };
  const { rows } = await client.query(`
    select r.article_id, r.number from revisions r join articles a on a.id = r.article_id
    where r.kind = 'save' and r.number < a.revision`);
  const past = new Set(rows.map((row) => `${row.article_id} ${row.number}`));
  const victim = ledger.saved.find((s) => past.has(`${s.articleId} ${s.revision}`));
  const [loser] = ledger.conflicts;
  const [any] = ledger.saved;
  if (!victim || !loser) throw new Error('Nothing to harm: too little was saved');
  const deleted = await harm(
    "delete from revisions where article_id = $1 and number = $2 and kind = 'save'",
    [victim.articleId, victim.revision],
  );
  const changed = await harm(`update revisions set content = content || '.' where id = $1`, [
    loser.revisionId,
  ]);
  const forged = { ...ledger, saved: [...ledger.saved, { ...any, hash: 'of another text' }] };
  const twice = await harm('select 1', [], forged);
  return {
    deletedRevision: deleted.missing,
    changedConflict: changed.conflictsMissing,
    numberUsedTwice: twice.numbersUsedTwice,
  };
}

/** What two devices were told, against the lines that are there. */
export function compareLines(acknowledged, content) {
  const lines = content.split('\n').filter(Boolean);
  const there = new Set(lines);
  return {
    lost: acknowledged.filter((line) => !there.has(line)).length,
    repeated: lines.length - there.size,
  };
}
