// The baseline of saves: pgbench running the very SQL that a save sends.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

function findPgbench() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : [];
  return [...versions.map((v) => `${debian}/${v}/bin/pgbench`), 'pgbench'].find(
    (program) => spawnSync(program, ['--version']).status === 0,
  );
}

const literal = (value) =>
  typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;

/**
 * Runs `statement` with `clients` connections, each on its own article and always on the revision it wrote last.
 * @param mode `extended` parses every time, `prepared` once a connection, as the server's pool does
 * @param statement SQL text and values of one save, as the driver was given them
 * @param save what that save was: `id`, `base`, `content`, `hash`; the article of client n is `idOf(n)`
 * @returns transactions a second, or null without pgbench
 */
export function savesByPgbench({ url, mode, statement, save, idPrefix, clients, seconds }) {
  const program = findPgbench();
  if (!program) return null;
  const inSql = (value) => {
    if (value === save.id) return `('${idPrefix}' || lpad(:client_id::text, 12, '0'))::uuid`;
    if (value === save.base) return ':rev';
    if (value === save.content)
      return `(${literal(value)} || :rev::text || ' ' || :client_id::text)`;
    if (value === save.hash) return `md5(:rev::text || ' ' || :client_id::text)`;
    if (typeof value === 'string' && value.includes(save.id)) {
      return `replace(${literal(value)}, '${save.id}', '${idPrefix}' || lpad(:client_id::text, 12, '0'))`;
    }
    // Ids made for this call: new ones each time.
    if (/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(String(value)) && value !== save.userId)
      return 'gen_random_uuid()';
    return literal(value);
  };
  const text = statement.text
    .replace(/\s+/g, ' ')
    .replace(/\$(\d+)/g, (_, n) => inSql(statement.values[n - 1]));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pgbench-'));
  try {
    const file = path.join(folder, 'save.sql');
    writeFileSync(file, `${text};\n\\set rev :rev + 1\n`);
    const target = new URL(url);
    const run = spawnSync(
      program,
      [
        '-n',
        '-M',
        mode,
        '-c',
        String(clients),
        '-j',
        '2',
        '-T',
        String(seconds),
        '-D',
        `rev=${save.base}`,
        '-f',
        file,
        '-h',
        target.hostname,
        '-p',
        target.port,
        '-U',
        decodeURIComponent(target.username),
        target.pathname.slice(1),
      ],
      {
        encoding: 'utf8',
        env: { ...process.env, PGPASSWORD: decodeURIComponent(target.password) },
      },
    );
    const tps = /tps = ([\d.]+)/.exec(run.stdout);
    if (!tps) throw new Error(`pgbench: ${run.stderr || run.stdout}`);
    return Number(tps[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
