import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

describe('ops/ecosystem.config.cjs', () => {
  const [app] = createRequire(import.meta.url)('../ops/ecosystem.config.cjs').apps;

  // That it runs: scripts/proof/pm2.proof.mjs.
  it('has the names and numbers of the guide', () => {
    expect(app).toMatchObject({
      name: 'ainotebook-api',
      instances: 'max',
      exec_mode: 'cluster',
      error_file: './logs/err.log',
      out_file: './logs/out.log',
      log_date_format: 'YYYY-MM-DD HH:mm:ss Z',
      merge_logs: true,
      max_memory_restart: '1G',
    });
  });

  it('waits for the server to say that it is ready, and until it has ended', () => {
    expect(app.wait_ready).toBe(true);
    expect(app.kill_timeout).toBeGreaterThanOrEqual(30_000);
  });
});

describe('ops/systemd', () => {
  const units = readdirSync(path.join(root, 'ops/systemd'));

  it('has the unit of the guide', () => {
    const unit = read('ops/systemd/ainotebook.service');
    for (const line of [
      'User=www-data',
      'WorkingDirectory=/var/www/ainotebook',
      'Restart=on-failure',
      'RestartSec=10',
      'StandardOutput=journal',
      'SyslogIdentifier=ainotebook',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
    ]) {
      expect(unit.split('\n')).toContain(line);
    }
    // V8 makes code while it runs.
    expect(unit).not.toContain('MemoryDenyWriteExecute=yes');
  });

  const why = has('systemd-analyze') ? '' : ' (skipped: systemd is not installed)';
  it.skipIf(why !== '')(`has units that systemd accepts${why}`, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'units-'));
    try {
      for (const name of units) {
        // The programs are where the guide has them, which need not be so here.
        const text = read(`ops/systemd/${name}`).replace(
          /^(Exec\w+=)\/(?:usr\/bin\/node|var\/www\/\S+)/gm,
          '$1/bin/true',
        );
        writeFileSync(path.join(folder, name), text);
      }
      const { status, stderr } = spawnSync(
        'systemd-analyze',
        ['verify', '--man=no', ...units.map((name) => path.join(folder, name))],
        { encoding: 'utf8' },
      );
      const ours = stderr.split('\n').filter((line) => line.includes('ainotebook'));
      expect(ours).toEqual([]);
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the backup of the night', () => {
  it('is at two, by www-data, once', () => {
    expect(read('ops/cron.d/ainotebook')).toMatch(
      /^0 2 \* \* \* www-data cd \/var\/www\/ainotebook && current\/ops\/backup\.sh /m,
    );
    expect(read('ops/systemd/ainotebook-backup.timer')).toContain('OnCalendar=*-*-* 02:00:00');
  });

  it('fails when the backup fails, and verifies on Sundays only', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'night-'));
    try {
      const bin = path.join(folder, 'bin');
      mkdirSync(bin);
      const program = (name, body) => {
        writeFileSync(path.join(bin, name), `#!/bin/sh\n${body}\n`);
        chmodSync(path.join(bin, name), 0o755);
      };
      const run = () =>
        spawnSync(path.join(root, 'ops/backup.sh'), ['--json'], {
          encoding: 'utf8',
          env: { PATH: `${bin}:/usr/bin:/bin` },
        });
      program('node', 'echo "$@"');
      program('date', 'echo 3');
      expect(run().stdout).toMatch(/^\S+\/apps\/server\/dist\/main\.js backup --json\n$/);
      program('date', 'echo 7');
      expect(run().stdout).toContain('main.js verify-backup\n');
      program('node', 'exit 2');
      expect(run().status).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('ops/release.sh', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'releases-'));
  afterAll(() => rmSync(home, { recursive: true }));
  const write = (file, text) => {
    mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
    writeFileSync(path.join(home, file), text);
  };
  const make = (number) => {
    const folder = `releases/${number}`;
    write(`${folder}/apps/server/dist/main.js`, '');
    write(`${folder}/apps/web/dist/index.html`, `of ${number}`);
    write(`${folder}/apps/web/dist/assets/a-${number}.js`, `of ${number}`);
    mkdirSync(path.join(home, folder, 'ops'));
    cpSync(path.join(root, 'ops/release.sh'), path.join(home, folder, 'ops/release.sh'));
  };
  const use = (number, ...command) =>
    spawnSync(path.join(home, `releases/${number}/ops/release.sh`), command, {
      cwd: '/',
      encoding: 'utf8',
    });
  const names = () => ['current', 'web'].map((name) => readlinkSync(path.join(home, name)));
  const text = (file) => readFileSync(path.join(home, file), 'utf8');

  it('names the first release', () => {
    make(1);
    expect(use(1)).toMatchObject({ status: 0, stderr: '' });
    expect(names()).toEqual(['releases/1', 'releases/1/apps/web/dist']);
  });

  it('shows the new web app only when the servers are replaced', () => {
    make(2);
    const seen = use(2, 'sh', '-c', 'cat current/apps/web/dist/index.html web/index.html');
    expect(seen).toMatchObject({ status: 0, stdout: 'of 2of 1' });
    expect(names()).toEqual(['releases/2', 'releases/2/apps/web/dist']);
  });

  it('keeps the files of both for pages that are open', () => {
    for (const release of [1, 2]) {
      for (const number of [1, 2]) {
        expect(text(`releases/${release}/apps/web/dist/assets/a-${number}.js`)).toBe(
          `of ${number}`,
        );
      }
    }
  });

  it('leaves behind what is older than three months', () => {
    make(3);
    const old = path.join(home, 'web/assets/a-1.js');
    const longAgo = Date.now() / 1000 - 100 * 86_400;
    utimesSync(old, longAgo, longAgo);
    expect(use(3).status).toBe(0);
    expect(existsSync(path.join(home, 'web/assets/a-1.js'))).toBe(false);
    expect(text('web/assets/a-2.js')).toBe('of 2');
  });

  it('leaves the web app as it is when the servers are not replaced', () => {
    make(4);
    expect(use(4, 'false').status).toBe(1);
    expect(names()).toEqual(['releases/4', 'releases/3/apps/web/dist']);
    expect(use(3).status).toBe(0);
  });

  it('refuses a release that is not built', () => {
    make(5);
    rmSync(path.join(home, 'releases/5/apps/web/dist/index.html'));
    const refused = use(5);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('npm run build');
    expect(names()).toEqual(['releases/3', 'releases/3/apps/web/dist']);
  });
});

describe('ops/redis', () => {
  it.each([
    ['cache', 6379],
    ['queue', 6380],
  ])('gives the %s the settings of its role, to this machine only', (role, port) => {
    const lines = read(`ops/redis/redis-${role}.conf`).split('\n');
    // Redis takes the last that is said: the settings of the containers come first.
    expect(lines[1]).toBe(`include /var/www/ainotebook/current/docker/redis/${role}.conf`);
    expect(lines).toEqual(
      expect.arrayContaining(['bind 127.0.0.1', 'protected-mode yes', `port ${port}`]),
    );
  });
});

describe('ops/ufw.sh', () => {
  it('opens SSH and the web, and nothing else', () => {
    const script = read('ops/ufw.sh');
    expect(script).toContain('ufw default deny incoming');
    const opened = [...script.matchAll(/^ufw allow (\S+)/gm)].map(([, rule]) => rule);
    expect(opened).toEqual(['22/tcp', '80/tcp', '443/tcp']);
    expect(spawnSync('sh', ['-n', path.join(root, 'ops/ufw.sh')]).status).toBe(0);
  });
});

describe('ops/fail2ban', () => {
  it('bans as the guide does', () => {
    const lines = read('ops/fail2ban/jail.d/ainotebook.conf').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['bantime = 3600', 'findtime = 600', 'maxretry = 5']),
    );
  });
});

describe('docs/runbook.md', () => {
  const headings = [...read('docs/runbook.md').matchAll(/^## (.+)$/gm)].map(([, text]) => text);

  it('has a section for each check of the doctor', () => {
    const source = read('apps/server/src/doctor/finding.ts');
    const [, list] = /CHECKS = \[([^\]]+)\]/.exec(source);
    const checks = [...list.matchAll(/'([\w-]+)'/g)].map(([, name]) => name);
    expect(checks.length).toBeGreaterThan(10);
    expect(headings).toEqual(expect.arrayContaining(checks));
  });

  it('has the three troubles of the guide', () => {
    const text = read('docs/runbook.md');
    for (const trouble of [
      'Database connection failed',
      'Redis connection failed',
      'The application does not start',
    ]) {
      expect(text).toContain(trouble);
    }
  });
});
