// A PostgreSQL as our documents have it.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { hasStatements } from '../../packages/testkit/dist/find-programs.js';
import { blocksOf } from './bare-metal-docs.mjs';

const file = new URL('../../docker/postgres/postgresql.conf', import.meta.url);
/** Places of a container. */
const PLACES = ['listen_addresses', 'data_directory', 'hba_file'];

/** What docker/postgres/postgresql.conf ships. @param {string | undefined} binDir of a PostgreSQL, which may come without pg_stat_statements */
export function postgresSettings(binDir) {
  const found = [...readFileSync(file, 'utf8').matchAll(/^(\w[\w.]*) = '?(.*?)'?$/gm)]
    .map(([, name, value]) => [name, value])
    .filter(([name]) => !PLACES.includes(name))
    .filter(([name]) => hasStatements(binDir) || !/pg_stat|preload/.test(name));
  if (found.length < 15) throw new Error('docker/postgres/postgresql.conf is not read as it was');
  return Object.fromEntries(found);
}

/**
 * Runs what docs/deployment.md has in psql: an account and its database, `ainotebook`.
 * @param {string} url of the superuser
 * @param {string} password in the place of the dots
 */
export async function openDatabase(url, password) {
  const [block] = blocksOf('docs/deployment.md', 'sql', 'On a server');
  const statements = block
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.replace("'...'", () => pg.escapeLiteral(password)));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) if (statement.trim()) await client.query(statement);
  } finally {
    await client.end();
  }
}
