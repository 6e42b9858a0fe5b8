import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useServer } from '../test-support.js';

const root = path.resolve(import.meta.dirname, '../../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const alerts = read('docker/prometheus/alerts.yml');

/** Names in an expression that are neither words of PromQL nor labels nor texts. */
function metricsOf(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(by|ignoring)\s*\([^)]*\)/g, '');
  const words = bare.match(/[a-z_][a-z_\d]*(?!\w*\s*\()/g) ?? [];
  return words.filter((word) => word.includes('_') && !/^(group_left|\w+_over_time)$/.test(word));
}

const rules = [...alerts.matchAll(/^ +expr: (['"]?)(.+)\1$/gm)].map(([, , text = '']) => text);
const panels = readdirSync(path.join(root, 'docker/grafana/dashboards')).flatMap((name) => {
  const { panels: found } = JSON.parse(read(`docker/grafana/dashboards/${name}`)) as {
    panels: { targets: { expr: string }[] }[];
  };
  return found.flatMap(({ targets }) => targets.map(({ expr }) => expr));
});

describe('alarms and dashboards', () => {
  const server = useServer();

  it('watch nothing but what the running server tells', async () => {
    await server.database().pool.query(
      `insert into site_settings (key, value)
       values ('last_backup', jsonb_build_object('madeAt', now() - interval '1 hour'))`,
    );
    await server.page('/');
    const scrape = (await server.send({ path: '/metrics' })).text;
    const told = new Set(scrape.match(/^[a-z_\d]+(?=[{ ])/gm));
    const wanted = [...rules, ...panels].flatMap(metricsOf);
    expect(new Set(wanted).size).toBeGreaterThan(12);
    // It is told when there was a request to a model, which none is in this test.
    const described = scrape.match(/^# TYPE (\w+)/gm)?.map((line) => line.slice(7)) ?? [];
    const missing = wanted.filter((name) => !told.has(name) && !described.includes(name));
    expect(missing).toEqual([]);
    const [, age] = /^backup_age_seconds (\S+)$/m.exec(scrape) ?? [];
    expect(Math.round(Number(age) / 60)).toBe(60);
  });

  it('tell no age of a backup that there never was', async () => {
    await server.database().pool.query('delete from site_settings');
    const scrape = (await server.send({ path: '/metrics' })).text;
    expect(scrape).not.toMatch(/^backup_age_seconds \d/m);
  });

  it('say where in the runbook each alarm is explained', () => {
    const headings = [...read('docs/runbook.md').matchAll(/^## (.+)$/gm)].map(([, text = '']) =>
      text.toLowerCase().replaceAll(' ', '-'),
    );
    const anchors = [...alerts.matchAll(/runbook: docs\/runbook\.md#(\S+)/g)];
    expect(anchors.length).toBe(rules.length);
    for (const [, anchor] of anchors) expect(headings).toContain(anchor);
  });
});
