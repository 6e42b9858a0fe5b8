// A folder that stands for a server of one's own: what our documents do to `/etc` and `/var` happens in it, on ports nobody
// uses. What starts services there is stood in for; PostgreSQL, Redis, nginx and PM2 are the real ones.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import pg from 'pg';
import { findSystemPostgres } from '../../packages/testkit/dist/find-programs.js';
import {
  makeRunFolder,
  postgresFolder,
  removeRunFolder,
} from '../../packages/testkit/dist/run-folder.js';
import { openDatabase, postgresSettings } from './deploy-settings.mjs';
import { freePorts } from './ports.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
const PM2 = 'pm2@6.0.14';
const READY_MS = 120_000;
/** Of a folder that people work in: what a release does not need, or must not have. */
const LEFT_OUT = ['node_modules', '.git', '.env', '.data', 'artifacts', 'docs', 'logs'];
/** Of Debian. */
const NGINX = '/etc/nginx';

/**
 * An empty machine.
 * @param {{ isBuilt: boolean }} options whether a release is a copy of this build, instead of being cloned and built
 */
export async function openMachine({ isBuilt }) {
  const root = makeRunFolder();
  // nginx serves as another account where it may.
  chmodSync(root, 0o755);
  const at = (...parts) => path.join(root, ...parts);
  const home = at('var/www/ainotebook');
  const [database, cache, queue, api, http, https] = await freePorts(6);
  const baseUrl = `https://localhost:${https}`;
  for (const folder of ['bin', 'run', 'etc/nginx/conf.d', 'etc/redis', 'var/lib/redis']) {
    mkdirSync(at(folder), { recursive: true });
  }
  for (const folder of ['var/log/nginx', 'var/log/redis'])
    mkdirSync(at(folder), { recursive: true });

  // What the documents name, and where that is here.
  writeFileSync(
    at('names.sed'),
    `s#(^|[ ='"])/(etc|var|run)/#\\1${root}/\\2/#g
s#https://notes\\.example\\.org#${baseUrl}#g
s#notes\\.example\\.org#localhost#g
s#127\\.0\\.0\\.1:5432#127.0.0.1:${database}#g
s#127\\.0\\.0\\.1:6379#127.0.0.1:${cache}#g
s#127\\.0\\.0\\.1:6380#127.0.0.1:${queue}#g
s#127\\.0\\.0\\.1:3000#127.0.0.1:${api}#g
s#^port 6379#port ${cache}#
s#^port 6380#port ${queue}#
s#HTTP_LISTEN=80 #HTTP_LISTEN=127.0.0.1:${http} #
s#HTTPS_LISTEN=443 #HTTPS_LISTEN=127.0.0.1:${https} #
`,
  );
  const place = (text) =>
    spawnSync('sed', ['-E', '-f', at('names.sed')], { input: text, encoding: 'utf8' }).stdout;

  const program = (name, lines) => {
    writeFileSync(at('bin', name), `#!/bin/sh\nset -eu\n${lines}\n`);
    chmodSync(at('bin', name), 0o755);
  };
  const nginx = `nginx -c ${at('etc/nginx/nginx.conf')} -e ${at('var/log/nginx/error.log')}`;
  const inPlace = `sed -E -i -f ${at('names.sed')}`;
  program(
    'ainotebook',
    `if [ "$1" = create-admin ]; then
  # Where there is a terminal it asks.
  printf %s "$ADMIN_PASSWORD" | "${process.execPath}" current/apps/server/dist/main.js "$@" --password-stdin
  exit
fi
exec "${process.execPath}" current/apps/server/dist/main.js "$@"`,
  );
  program('pm2', `exec "${process.execPath}" "${findPm2()}" "$@"`);
  program(
    'nginx',
    `${inPlace} ${at('etc/nginx/ainotebook')}/*.conf ${at('etc/nginx/conf.d')}/*.conf
exec ${nginx.replace('nginx', findNginx())} "$@"`,
  );
  program(
    'systemctl',
    `action=$1
shift
for unit in "$@"; do
  case "$action $unit" in
    'enable redis-server@'*)
      name=\${unit#redis-server@}
      ${inPlace} ${at('etc/redis')}/redis-$name.conf
      redis-server ${at('etc/redis')}/redis-$name.conf --aclfile ${at('etc/redis/users.acl')} \\
        --daemonize yes --pidfile ${at('run')}/redis-$name.pid ;;
    'reload nginx') if [ -s ${at('run/nginx.pid')} ]; then nginx -s reload; else nginx; fi ;;
  esac
done`,
  );
  const second = `"${process.execPath}" "${repository}/scripts/proof/bare-metal-child.mjs" "$folder" "$(basename "$folder")"`;
  program(
    'git',
    isBuilt
      ? `folder=$5
mkdir -p "$folder"
tar -C ${repository} --anchored ${LEFT_OUT.map((name) => `--exclude=./${name}`).join(' ')} -cf - . | tar -C "$folder" -xf -
ln -s ${repository}/node_modules "$folder/node_modules"
${second} --built`
      : `folder=$5
PATH=\${PATH#*:} git clone --quiet --depth 1 "file://${repository}" "$folder"
${second}`,
  );
  if (isBuilt) program('npm', `[ "$*" = 'run build' ]`);
  prepareNginx();

  const env = {
    PATH: `${at('bin')}:${process.env.PATH}:/usr/sbin`,
    HOME: process.env.HOME,
    // A god of its own: what PM2 runs elsewhere on this machine is not touched.
    PM2_HOME: at('pm2'),
    INSTANCES: '2',
    ADMIN_PASSWORD: 'correct horse battery of the keeper',
  };

  function prepareNginx() {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${at('var/lib/nginx', name)};`,
    );
    mkdirSync(at('var/lib/nginx'));
    if (!existsSync(`${NGINX}/nginx.conf`)) throw new Error(`${NGINX}/nginx.conf is missing`);
    copyFileSync(`${NGINX}/mime.types`, at('etc/nginx/mime.types'));
    writeFileSync(
      at('etc/nginx/nginx.conf'),
      // Debian's, without its account where we may not change to it, and with folders that we may write.
      place(readFileSync(`${NGINX}/nginx.conf`, 'utf8'))
        .replace(/^user .*$/m, process.getuid?.() === 0 ? '$&' : '')
        .replace(/^http \{$/m, `$&\n${temporary.join('\n')}`),
    );
    const folder = at('etc/letsencrypt/live/localhost');
    mkdirSync(folder, { recursive: true });
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', path.join(folder, 'privkey.pem'), '-out', path.join(folder, 'fullchain.pem')],
    ]);
    if (made.status !== 0) throw new Error(`no certificate: ${made.stderr}`);
  }

  const binDir = findSystemPostgres();
  let postgres;

  const machine = {
    baseUrl,
    home,
    api: `http://127.0.0.1:${api}`,
    http: `http://localhost:${http}`,
    ports: { database, cache, queue, api },
    certificate: () => readFileSync(at('etc/letsencrypt/live/localhost/fullchain.pem'), 'utf8'),
    /** A text of the documents with the names of this machine. */
    place,
    /**
     * Runs commands of the documents.
     * @returns what they said
     * @throws with that, when one fails
     */
    sh: async (commands) => {
      const child = spawn('sh', ['-euc', place(commands)], {
        cwd: existsSync(home) ? home : root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          said += chunk;
        });
      }
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`${commands}\nended with ${code}:\n${said.slice(-3_000)}`);
      return said;
    },
    /** A new cluster with our settings, and what the documents have in psql. @param {string} password of the account */
    startPostgres: async (password) => {
      postgres = await startEmbeddedPostgres({
        dataDir: postgresFolder(root),
        port: database,
        binDir,
        settings: postgresSettings(binDir),
        log: () => undefined,
      });
      await openDatabase(postgres.url, password);
    },
    /** As a disk that is lost. */
    destroyPostgres: async () => {
      await postgres.stop();
      removePostgres(root);
      rmSync(path.join(home, 'uploads'), { recursive: true });
      mkdirSync(path.join(home, 'uploads'));
    },
    /** As the superuser. */
    query: async (text, name = 'postgres') => {
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
    processes: async () => {
      const said = await machine.sh('pm2 jlist');
      return JSON.parse(said.slice(said.indexOf('[{'), said.lastIndexOf(']') + 1));
    },
    untilReady: async () => {
      for (const deadline = performance.now() + READY_MS; performance.now() < deadline; ) {
        const answer = await fetch(`${machine.api}/ready`).catch(() => undefined);
        await answer?.body?.cancel();
        if (answer?.ok) return;
        await sleep(100);
      }
      const log = path.join(home, 'logs/combined.log');
      const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-3_000) : '';
      throw new Error(`The server is not ready:\n${said}`);
    },
    /** Ends everything. @returns the command lines of what is still there */
    close: async () => {
      if (existsSync(at('pm2')))
        await machine.sh('pm2 kill').catch((error) => console.error(error));
      for (const name of ['nginx', 'redis-cache', 'redis-queue'])
        await end(at('run', `${name}.pid`));
      await postgres?.stop();
      const { stdout } = spawnSync('ps', ['-ww', '-eo', 'pid=,args='], { encoding: 'utf8' });
      const left = stdout.split('\n').filter((line) => line.includes(root));
      removeRunFolder(root);
      return left;
    },
  };
  return machine;
}

function removePostgres(root) {
  const folder = postgresFolder(root);
  const moved = path.join(folder, 'moved-to');
  if (existsSync(moved)) rmSync(readFileSync(moved, 'utf8').trim(), { recursive: true });
  rmSync(folder, { recursive: true });
}

function findPm2() {
  const found = spawnSync('npx', ['--yes', '-p', PM2, '-c', 'command -v pm2'], {
    encoding: 'utf8',
  });
  const program = found.stdout.trim().split('\n').at(-1);
  if (found.status !== 0 || !program) throw new Error(`no ${PM2}: ${found.stderr}`);
  return program;
}

function findNginx() {
  const found = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin command -v nginx'], {
    encoding: 'utf8',
  });
  if (found.status !== 0) throw new Error('nginx is missing');
  return found.stdout.trim();
}

/** Ends the process of a pid file. */
async function end(file) {
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (!pid) return;
  try {
    process.kill(pid, 'SIGTERM');
    for (let waited = 0; waited < 10_000; waited += 50) {
      process.kill(pid, 0);
      await sleep(50);
    }
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
