import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { validate } from 'dockerfile-utils';
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

  it('names no variable that the server does not know', () => {
    const known = new Set(
      read('.env.example')
        .match(/^(?:# )?[A-Z][A-Z\d_]+(?==)/gm)
        .map((name) => name.replace('# ', '')),
    );
    for (const name of ['backend', 'worker', 'migrate', 'backup']) {
      const unknown = Object.keys(services[name].environment).filter((one) => !known.has(one));
      expect(unknown, name).toEqual([]);
    }
  });

  it('lets Prometheus ask each server and each worker at the port it has', () => {
    const { scrape_configs } = parse(read('docker/prometheus/prometheus.yml'));
    const ours = scrape_configs.filter(({ job_name }) => job_name.startsWith('ainotebook'));
    const places = ours.map(({ job_name, dns_sd_configs: [dns] }) => [
      job_name,
      dns.names[0],
      String(dns.port),
    ]);
    const { PORT } = services.backend.environment;
    const { WORKER_METRICS_PORT, HOST } = services.worker.environment;
    expect(places).toEqual([
      ['ainotebook', 'backend', PORT],
      ['ainotebook-worker', 'worker', WORKER_METRICS_PORT],
    ]);
    expect(HOST).toBe('0.0.0.0');
    expect(read('docker/prometheus/alerts.yml')).toContain('up{job=~"ainotebook(-worker)?"} == 0');
  });

  it('bounds memory and logs of everything that stays', () => {
    for (const [name, service] of Object.entries(services)) {
      if (name === 'migrate' || name === 'backup') continue;
      expect(service.deploy.resources.limits.memory, name).toMatch(/^\d+(M|G)$/);
      expect(service.logging.options, name).toEqual({ 'max-size': '10m', 'max-file': '5' });
    }
  });

  it('gives servers and the database the time they need to end', () => {
    // The phases of the server's shutdown take 45 s at most: apps/server/src/cluster/primary.ts.
    for (const name of ['backend', 'worker', 'postgres']) {
      expect(services[name].stop_grace_period, name).toBe('60s');
    }
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
    for (const name of ['backend', 'worker', 'migrate', 'backup', 'frontend']) {
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

describe('docker/compose.monitoring.yml', () => {
  const { services } = parse(read('docker/compose.monitoring.yml'), { merge: true });
  const { scrape_configs } = parse(read('docker/prometheus/prometheus.yml'));

  it('has an exporter for PostgreSQL and one for both Redis, which Prometheus asks', () => {
    const targets = Object.fromEntries(
      scrape_configs
        .filter((job) => job.static_configs)
        .map(({ job_name, static_configs: [{ targets: names }] }) => [job_name, names]),
    );
    expect(targets).toEqual({
      postgres: ['postgres-exporter:9187'],
      redis: ['redis://redis:6379', 'redis://redis-queue:6379'],
    });
    const ofRedis = scrape_configs.find(({ job_name }) => job_name === 'redis');
    expect(ofRedis.relabel_configs.at(-1).replacement).toBe('redis-exporter:9121');
    expect(services['redis-exporter'].environment.REDIS_EXPORTER_CONFIG_COMMAND).toBe('-');
  });

  it('publishes Grafana to this machine, and nothing else', () => {
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => `${name} ${port}`),
    );
    expect(published).toEqual(['grafana 127.0.0.1:3001:3001']);
  });

  const why = has('promtool') ? '' : ' (skipped: promtool is not installed)';
  it.skipIf(why !== '')(`has rules and jobs that promtool accepts${why}`, () => {
    for (const [kind, file] of [
      ['rules', 'alerts.yml'],
      ['config', 'prometheus.yml'],
    ]) {
      // What a rule file is called in a container is not there, nor is the token.
      const args = ['check', kind, ...(kind === 'config' ? ['--syntax-only'] : [])];
      const checked = spawnSync('promtool', [...args, `docker/prometheus/${file}`], {
        cwd: root,
        encoding: 'utf8',
      });
      expect(checked.status, checked.stdout + checked.stderr).toBe(0);
    }
  });
});

describe('ops/swarm.jq', () => {
  const why = has('jq') ? '' : ' (skipped: jq is not installed)';
  it.skipIf(why !== '')(`leaves what Swarm reads${why}`, () => {
    const compose = parse(read('docker/compose.yml'), { merge: true });
    // As `docker compose config` writes them.
    compose.services.frontend.ports = [{ mode: 'ingress', target: 8080, published: '80' }];
    compose.services.redis.volumes = [
      { type: 'bind', source: '/a', target: '/b', bind: { create_host_path: true } },
    ];
    const run = spawnSync('jq', ['-f', path.join(root, 'ops/swarm.jq')], {
      input: JSON.stringify(compose),
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    const { name, services } = JSON.parse(run.stdout);
    expect(name).toBeUndefined();
    for (const [service, settings] of Object.entries(services)) {
      for (const word of ['build', 'depends_on', 'profiles', 'restart']) {
        expect(settings[word], service).toBeUndefined();
      }
    }
    expect(services.frontend.ports).toEqual([{ mode: 'ingress', target: 8080, published: 80 }]);
    expect(services.redis.volumes).toEqual([{ type: 'bind', source: '/a', target: '/b' }]);
    expect(services.backend.deploy).toMatchObject({
      replicas: expect.anything(),
      update_config: { order: 'start-first', failure_action: 'rollback' },
      rollback_config: { parallelism: 1 },
    });
  });
});

describe('docker/compose.scale.yml', () => {
  const { services } = parse(read('docker/compose.scale.yml'), {
    merge: true,
    // `!override` is a word of compose.
    logLevel: 'error',
  });

  it('has the upstream of the guide: weights, failures, a backup', () => {
    const lines = services.frontend.environment.API_SERVERS.match(/server [^;]+;/g);
    expect(lines).toEqual([
      'server backend1:3000 weight=3 max_fails=3 fail_timeout=30s;',
      'server backend2:3000 weight=2 max_fails=3 fail_timeout=30s;',
      'server backend3:3000 weight=1 max_fails=3 fail_timeout=30s backup;',
    ]);
    for (const name of ['backend1', 'backend2', 'backend3']) {
      expect(services[name].extends).toEqual({ file: 'compose.yml', service: 'backend' });
      expect(services.frontend.depends_on[name].condition).toBe('service_healthy');
    }
  });

  it('keeps the port of the metrics for each of its workers', () => {
    // What is said here is added to the environment of compose.yml.
    expect(services.worker.environment.WORKER_METRICS_PORT).toBeUndefined();
    expect(services.worker.ports).toBeUndefined();
  });

  it('takes no more connections than Postgres has', () => {
    const { PROCESSES, PG_POOL_MAX } = services.backend1.environment;
    expect(services.worker.deploy.replicas + 3).toBe(Number(PROCESSES));
    const [, most] = /^max_connections = (\d+)/m.exec(read('docker/postgres/postgresql.conf'));
    // With the successor of one that is replaced.
    expect((Number(PROCESSES) + 1) * Number(PG_POOL_MAX)).toBeLessThanOrEqual(Number(most) - 10);
  });
});

describe('docker/compose.dev.yml', () => {
  it('publishes to this machine only', () => {
    const { services } = parse(read('docker/compose.dev.yml'));
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports.length).toBe(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe('docker/postgres/postgresql.conf', () => {
  it('has the numbers of the guide, and keeps what people write out of the log', () => {
    expect(read('docker/postgres/postgresql.conf').split('\n')).toEqual(
      expect.arrayContaining([
        'max_connections = 100',
        'shared_buffers = 256MB',
        'effective_cache_size = 1GB',
        'maintenance_work_mem = 64MB',
        'checkpoint_completion_target = 0.9',
        'wal_buffers = 16MB',
        'default_statistics_target = 100',
        'random_page_cost = 1.1',
        'log_min_duration_statement = 1000',
        "shared_preload_libraries = 'pg_stat_statements'",
        "log_statement = 'ddl'",
        'log_parameter_max_length = 0',
      ]),
    );
  });
});

describe.each(['docker/server.Dockerfile', 'docker/web.Dockerfile'])('%s', (file) => {
  const lines = read(file).replaceAll('\\\n', ' ').split('\n');

  it('is what the linter of Dockerfiles takes', () => {
    expect(validate(read(file))).toEqual([]);
    expect(validate(read(file).replace(/^RUN /m, 'RUNN '))).toHaveLength(1);
  });

  it('uses Debian images and the pinned pnpm', () => {
    const { packageManager } = JSON.parse(read('package.json'));
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
