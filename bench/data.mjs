// Generated notes: 1,000 owners whose sizes follow Zipf's law, the largest with a tenth of all articles.
import { createHash, randomUUID } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { excerptOf } from '@ainotebook/text/plain';
import { countWords } from '@ainotebook/text/search';
import { sql } from 'drizzle-orm';
import { indexArticle } from '../packages/api/dist/search/indexing.js';

export const OWNERS = 1000;
const ROWS_PER_INSERT = 200;
const INDEXED_AT_ONCE = 8;

const ZH =
  '春夏秋冬山川河流数据库索引缓存笔记阅读写作茶叶水温时间城市道路天气心情工作计划会议项目设计代码测试发布学习历史诗歌音乐电影食谱旅行健康运动咖啡星期早晨夜晚窗外雨声朋友家人问题答案方法经验总结';
const EN =
  'note index query cache river mountain coffee morning design review release database latency throughput garden recipe travel music history project plan meeting summary reading writing method question answer'.split(
    ' ',
  );

/** Mulberry32: the same seed gives the same notes. */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Articles of each owner, largest first; together `total`. */
export function ownerSizes(total) {
  const weights = (s) => Array.from({ length: OWNERS }, (_, i) => (i + 1) ** -s);
  let [low, high] = [0.1, 2];
  for (let i = 0; i < 60; i++) {
    const s = (low + high) / 2;
    const sum = weights(s).reduce((a, b) => a + b, 0);
    if (1 / sum < 0.1) low = s;
    else high = s;
  }
  const w = weights(low);
  const sum = w.reduce((a, b) => a + b, 0);
  const sizes = w.map((x) => Math.floor((x / sum) * total));
  for (let i = 0, rest = total - sizes.reduce((a, b) => a + b, 0); i < rest; i++)
    sizes[i % OWNERS] += 1;
  return sizes;
}

const pick = (list, next) => list[Math.floor(next() * list.length)];
const phrase = (next) =>
  next() < 0.6
    ? Array.from({ length: 4 + Math.floor(next() * 12) }, () => pick(ZH, next)).join('')
    : Array.from({ length: 3 + Math.floor(next() * 8) }, () => pick(EN, next)).join(' ');

/** Markdown of about 500 characters. */
export function note(next) {
  const sections = Array.from(
    { length: 2 + Math.floor(next() * 3) },
    () =>
      `## ${phrase(next)}\n\n${Array.from({ length: 5 + Math.floor(next() * 10) }, () => phrase(next)).join('，')}。\n`,
  );
  return { title: phrase(next).slice(0, 40), content: sections.join('\n') };
}

/** A two-character word or an English one, as people search. */
export function term(next) {
  if (next() < 0.5) return pick(EN, next);
  const at = Math.floor(next() * (ZH.length - 1));
  return ZH.slice(at, at + 2);
}

/** Fills an empty migrated database with `total` indexed articles. */
export async function fill(db, total, log) {
  const next = random(total);
  const owners = ownerSizes(total).map((size, i) => ({
    id: randomUUID(),
    size,
    name: `owner${i}`,
  }));
  await db.insert(schema.users).values(
    owners.map(({ id, name }) => ({
      id,
      email: `${name}@example.org`,
      handle: name,
      displayName: name,
      passwordHash: 'none',
    })),
  );
  const ids = [];
  const started = Date.UTC(2024, 0, 1);
  let rows = [];
  const flush = async () => {
    await db.insert(schema.articles).values(rows);
    rows = [];
  };
  for (const { id: userId, size } of owners) {
    for (let i = 0; i < size; i++) {
      const { title, content } = note(next);
      const at = new Date(started + Math.floor(next() * 60e9));
      const id = randomUUID();
      ids.push(id);
      rows.push({
        id,
        userId,
        title,
        content,
        contentHash: createHash('sha256').update(`${title}\n${content}`).digest('hex'),
        excerpt: excerptOf(content, 160),
        wordCount: countWords(content),
        createdAt: at,
        updatedAt: at,
      });
      if (rows.length === ROWS_PER_INSERT) await flush();
    }
  }
  if (rows.length > 0) await flush();
  log(`${ids.length} articles written, indexing`);
  let done = 0;
  await Promise.all(
    Array.from({ length: INDEXED_AT_ONCE }, async () => {
      for (let id = ids.pop(); id; id = ids.pop()) {
        await indexArticle(db, id);
        done += 1;
        if (done % 10_000 === 0) log(`${done} indexed`);
      }
    }),
  );
  await db.execute(sql`vacuum analyze`);
}
