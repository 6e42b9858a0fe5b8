import { type RenderLocale, renderMarkdown } from '@ainotebook/text/html';
import { afterEach, describe, expect, it } from 'vitest';
import { createWorkPool, type WorkPool } from '../../work/pool.js';
import { createRenderer } from './renderer.js';

const log = { warn: () => undefined };
const pools: WorkPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});
function workPool(options?: Parameters<typeof createWorkPool>[0]): WorkPool {
  const pool = createWorkPool(options);
  pools.push(pool);
  return pool;
}
const zh = (markdown: string): { markdown: string; locale: RenderLocale } => ({
  markdown,
  locale: 'zh-CN',
});
/** Seconds of work for the parser, within its limits. */
const HEAVY = `${'```js\nlet a = `b`;\n```\n'.repeat(9_000)}`;
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: { code?: string }) => error.code,
  );

// Threads take long to load on a busy machine.
describe('the renderer', { timeout: 60_000 }, () => {
  it('makes of a text what the text package makes of it', async () => {
    const render = createRenderer({ log, work: workPool() });
    const text = '# 标题\n\n- [x] 完成\n\n注[^1]\n\n[^1]: 文';
    expect(await render(zh(text))).toEqual(renderMarkdown(text, { locale: 'zh-CN' }));
    expect(await render({ markdown: text, locale: 'en' })).toEqual(
      renderMarkdown(text, { locale: 'en' }),
    );
  });

  it('leaves the thread of the requests free while it works on a heavy text', async () => {
    const render = createRenderer({ log, work: workPool(), timeoutMs: 60_000 });
    let turns = 0;
    const clock = setInterval(() => {
      turns += 1;
    }, 5);
    const { html } = await render(zh(HEAVY));
    clearInterval(clock);
    expect(html).not.toContain('plain-source');
    expect(turns).toBeGreaterThan(20);
  }, 90_000);

  it('works on a text once for all who ask at the same time or later', async () => {
    const render = createRenderer({ log, work: workPool() });
    const [first, second] = await Promise.all([render(zh('一')), render(zh('一'))]);
    expect(second).toBe(first);
    expect(await render(zh('一'))).toBe(first);
    expect(await render({ markdown: '一', locale: 'en' })).not.toBe(first);
  });

  it('forgets what was shown longest ago', async () => {
    const render = createRenderer({ log, work: workPool(), keptLength: 20 });
    const [a, b] = [await render(zh('aaaa')), await render(zh('bbbb'))];
    expect(await render(zh('bbbb'))).toBe(b);
    expect(await render(zh('aaaa'))).not.toBe(a);
  });

  it('takes short texts first and refuses the longest when too many wait', async () => {
    const render = createRenderer({ log, work: workPool({ maxQueued: 2, threads: 1 }) });
    const order: string[] = [];
    const ask = (name: string) =>
      codeOf(render(zh(name)).then(() => order.push(name))).then(
        (code) => `${name.length} ${code}`,
      );
    const answers = await Promise.all(['1', '4444', '333', '22'].map(ask));
    expect(answers).toEqual(['1 ok', '4 unavailable', '3 ok', '2 ok']);
    expect(order).toEqual(['1', '22', '333']);
  });

  it('shows a text that takes too long as it was written, and goes on', async () => {
    const told: string[] = [];
    const work = workPool({ threads: 1 });
    // Loading a thread does not count.
    await createRenderer({ log, work })(zh('*b*'));
    const render = createRenderer({
      work,
      log: { warn: (message) => told.push(message) },
      timeoutMs: 1,
    });
    expect((await render(zh('*a*<b>'))).html).toBe(
      '<pre class="plain-source" tabindex="0">*a*&lt;b&gt;</pre>',
    );
    // The next one, in a thread of its own.
    expect((await createRenderer({ log, work })(zh('*c*'))).html).toBe('<p><em>c</em></p>');
    expect(told).toHaveLength(1);
  });
});
