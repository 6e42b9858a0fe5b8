import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SHIPPED = path.resolve(import.meta.dirname, '../../../nginx');
const PARTS = '/etc/nginx/ainotebook';
const READY_MS = 5_000;

export const hasNginx = spawnSync('nginx', ['-v']).status === 0;

/**
 * Writes a configuration into `folder` from the shipped files.
 * @param values what envsubst would fill in
 * @returns the main file
 */
export function writeNginx(
  folder: string,
  { template, values }: { template: 'templates' | 'templates-tls'; values: Record<string, string> },
): string {
  const parts = path.join(folder, 'parts');
  mkdirSync(parts, { recursive: true });
  for (const name of ['app.conf', 'headers.conf']) {
    const text = readFileSync(path.join(SHIPPED, name), 'utf8');
    writeFileSync(path.join(parts, name), text.replaceAll(PARTS, parts));
  }
  for (const name of ['away.html', 'too-large.json', 'too-many.json']) {
    cpSync(path.join(SHIPPED, name), path.join(parts, name));
  }
  // The error pages name the folder above their own.
  const site = readFileSync(path.join(SHIPPED, template, 'default.conf.template'), 'utf8')
    .replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`${name} is not filled in`);
      return value;
    })
    .replaceAll(PARTS, parts);
  writeFileSync(path.join(folder, 'site.conf'), site);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  for (const name of temp) mkdirSync(path.join(folder, name), { recursive: true });
  const main = path.join(folder, 'nginx.conf');
  writeFileSync(
    main,
    `daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 512; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  log_format all '$request_uri $status';
  access_log ${folder}/access.log all;
  ${temp.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  include ${folder}/site.conf;
}
`,
  );
  return main;
}

/** What `nginx -t` complains of; empty when nothing. */
export function checkNginx(main: string): string {
  const { status, stderr } = spawnSync('nginx', ['-t', '-c', main], { encoding: 'utf8' });
  return status === 0 && !/\[(emerg|warn)\]/.test(stderr) ? '' : stderr;
}

/** Starts it; resolves when it listens. */
export async function startNginx(main: string): Promise<{ stop(): Promise<void> }> {
  const child = spawn('nginx', ['-c', main], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = once(child, 'exit');
  const pid = path.join(path.dirname(main), 'nginx.pid');
  for (let waited = 0; !existsSync(pid) || readFileSync(pid, 'utf8') === ''; waited += 10) {
    if (child.exitCode !== null || waited > READY_MS) throw new Error(`no nginx: ${output}`);
    await sleep(10);
  }
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
