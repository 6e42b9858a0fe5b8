import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '..');
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

describe('docker/compose.yml', () => {
  const compose = parse(read('docker/compose.yml'), { merge: true });
  const { services } = compose;

  it('has the services and volumes an operator of the guide looks for', () => {
    expect(Object.keys(services)).toEqual(
      expect.arrayContaining([
        'postgres',
        'redis',
        'redis-queue',
        'migrate',
        'backend',
        'worker',
        'frontend',
      ]),
    );
    expect(Object.keys(compose.volumes)).toEqual(
      expect.arrayContaining(['postgres_data', 'redis_data']),
    );
  });

  it('publishes nginx and nothing else', () => {
    const published = Object.keys(services).filter((name) => services[name].ports);
    expect(published).toEqual(['frontend']);
    expect(compose.networks.internal.internal).toBe(true);
  });

  it('requires every secret and defaults none', () => {
    const text = read('docker/compose.yml');
    for (const name of ['DB_PASSWORD', 'JWT_SECRET', 'JWT_REFRESH_SECRET', 'APP_URL']) {
      expect(text).toContain(`\${${name}:?`);
      expect(text).not.toContain(`\${${name}:-`);
    }
  });

  it('starts the API after a finished migration, read-only and without privileges', () => {
    expect(services.backend.depends_on.migrate.condition).toBe('service_completed_successfully');
    for (const name of ['backend', 'worker', 'migrate', 'frontend']) {
      expect(services[name].read_only).toBe(true);
      expect(services[name].cap_drop).toEqual(['ALL']);
    }
  });

  it.each([
    ['redis', 'cache.conf', ['maxmemory-policy allkeys-lru', 'save ""', 'appendonly no']],
    ['redis-queue', 'queue.conf', ['maxmemory-policy noeviction', 'appendonly yes']],
  ])('gives %s the settings of its role, and no dangerous command', (service, file, lines) => {
    expect(services[service].command).toEqual(['redis-server', '/etc/redis/redis.conf']);
    expect(services[service].volumes).toEqual(
      expect.arrayContaining([
        `./redis/${file}:/etc/redis/redis.conf:ro`,
        './redis/users.acl:/etc/redis/users.acl:ro',
      ]),
    );
    const settings = read(`docker/redis/${file}`).split('\n');
    expect(settings).toEqual(expect.arrayContaining([...lines, 'aclfile /etc/redis/users.acl']));
    // The tests of cache, jobs and limits run under these rights: packages/testkit.
    expect(read('docker/redis/users.acl')).toContain(' -@dangerous ');
  });
});

describe.each(['docker/server.Dockerfile', 'docker/web.Dockerfile'])('%s', (file) => {
  const lines = read(file).replaceAll('\\\n', ' ').split('\n');

  it('knows only Dockerfile instructions, uses Debian images and the pinned pnpm', () => {
    const { packageManager } = JSON.parse(read('package.json'));
    for (const line of lines.filter((l) => l.trim() && !l.startsWith('#'))) {
      expect(line.trim()).toMatch(
        /^(FROM|ENV|RUN|WORKDIR|COPY|USER|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD)\b|^CMD \[/,
      );
    }
    expect(lines.filter((l) => l.startsWith('FROM')).every((l) => l.includes('bookworm'))).toBe(
      true,
    );
    expect(
      read(file)
        .match(/pnpm@[\d.]+/g)
        .every((pin) => pin === packageManager),
    ).toBe(true);
  });

  it('has a health check and does not run as root', () => {
    expect(lines.some((l) => l.startsWith('HEALTHCHECK'))).toBe(true);
    expect(read(file)).toMatch(/^USER node$|nginx-unprivileged/m);
  });
});

describe('nginx', () => {
  const fill = (values) =>
    read('nginx/templates/default.conf.template').replace(
      /\$\{(\w+)\}/g,
      (_, name) => values[name],
    );

  it('overwrites or clears what a client claims of itself', () => {
    const conf = fill({});
    expect(conf).toContain('proxy_set_header X-Forwarded-For $remote_addr;');
    for (const header of ['X-Forwarded-Host', 'Forwarded', 'X-Real-IP']) {
      expect(conf).toContain(`proxy_set_header ${header} "";`);
    }
  });

  it('keeps addresses that open something out of its log', () => {
    const blocks = fill({}).split(/\n {2}location /);
    for (const path of ['/s/', '~ ^/(reset|verify|register)$']) {
      expect(blocks.find((block) => block.startsWith(`${path} {`))).toContain('access_log off;');
    }
  });

  const why = has('nginx') ? '' : ' (skipped: nginx is not installed)';
  it.skipIf(why !== '' && !process.env.CI)(`accepts the filled template${why}`, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'nginx-test-'));
    try {
      const site = path.join(folder, 'site.conf');
      writeFileSync(
        site,
        fill({ SERVER_NAME: '_', API_UPSTREAM: '127.0.0.1:3000' }).replace(
          'listen 8080',
          'listen 127.0.0.1:18080',
        ),
      );
      const main = path.join(folder, 'nginx.conf');
      writeFileSync(
        main,
        `pid ${folder}/pid; error_log ${folder}/error.log; events {} http { access_log off; include ${site}; }`,
      );
      execFileSync('nginx', ['-t', '-c', main], { stdio: 'pipe' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
