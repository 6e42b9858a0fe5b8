import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFrom, type Passage } from './answer.js';
import { keywordsOf } from './keywords.js';
import { sentencesOf } from './sentences.js';
import { suggestTags, suggestTitle } from './suggest.js';
import { summarise } from './summary.js';

const TEA: Passage = {
  title: '岩茶',
  text: '# 岩茶\n\n岩茶要用沸水。投茶 8 克，坐杯不超过十秒。\n\n- 焙火重的茶先醒一下再喝。',
};
const CAT: Passage = { title: '猫', text: '猫六个月左右可以绝育。术前禁食八小时、禁水四小时。' };
const NGINX: Passage = {
  title: 'Nginx',
  text: 'Set keepalive in the upstream block. If an upload fails with 413, raise client_max_body_size.',
};
const NOTES = [TEA, CAT, NGINX];

const textsOf = (items: readonly { text: string }[]) => items.map(({ text }) => text);

describe('sentences', () => {
  it('are slices of the text, in both languages, without the signs before them', () => {
    const text =
      '# 标题\n> 他说：“好。”然后走了！\n- [ ] Use node.js, e.g. version 3.14. Then stop.\n\n---\n```\n';
    const sentences = sentencesOf(text, 100);
    expect(textsOf(sentences)).toEqual([
      '标题',
      '他说：“好。”',
      '然后走了！',
      'Use node.js, e.g. version 3.14.',
      'Then stop.',
    ]);
  });

  it('of a table are its rows, each with the head and none of the head alone', () => {
    const text =
      'a | b\n\n| Tea | Water |\n|:--|--:|\n| Green. Mild. | 80 |\n| Rock | 100 |\n\nNo | row.';
    const sentences = sentencesOf(text, 100);
    expect(sentences.map(({ text: said, head }) => [said, head])).toEqual([
      ['a | b', undefined],
      ['| Green. Mild. | 80 |', '| Tea | Water |'],
      ['| Rock | 100 |', '| Tea | Water |'],
      ['No | row.', undefined],
    ]);
    for (const { start, end, text: said } of sentences) expect(text.slice(start, end)).toBe(said);
  });

  it('of a table are known by its rule, however that is written', () => {
    const headOf = (rule: string) => sentencesOf(`茶 | 水\n${rule}\n绿 | 八十度`, 10)[0]?.head;
    for (const rule of ['-|-', '| - | - |', ' :-: | --- |', '|:-|'])
      expect([rule, headOf(rule)]).toEqual([rule, '茶 | 水']);
    for (const rule of ['|', '||-|', '- -|-', 'x|-', '-|:', ':|-'])
      expect([rule, headOf(rule)]).toEqual([rule, undefined]);
  });

  it('of a line of blanks before a border are found as fast as of any other', () => {
    const line = `${' '.repeat(200_000)}x|`;
    expect(textsOf(sentencesOf(`a|b\n${line}\n-${line}`, 10)).slice(0, 2)).toEqual(['a|b', 'x|']);
  });

  it('of any text lie in order within it, and none is longer than a page', () => {
    const pieces = fc.constantFrom(
      '笔记',
      '。',
      '. ',
      '\n',
      '- ',
      '|',
      '|-|\n',
      '”',
      'word ',
      '？',
      '😀',
      '# ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 200 }), (parts) => {
        const text = parts.join('');
        let end = 0;
        for (const sentence of sentencesOf(text, 1_000)) {
          expect(text.slice(sentence.start, sentence.end)).toBe(sentence.text);
          expect(sentence.start).toBeGreaterThanOrEqual(end);
          end = sentence.end;
        }
      }),
    );
    expect(sentencesOf('字'.repeat(1_000), 10).map(({ text }) => text.length)).toEqual([
      400, 400, 200,
    ]);
  });
});

describe('an answer', () => {
  it('is a sentence of a passage, word for word and with its place', () => {
    const { isFound, isQuoted, quotes } = answerFrom('猫术前要禁食多久？', NOTES);
    const [first] = quotes;
    expect({ isFound, isQuoted }).toEqual({ isFound: true, isQuoted: true });
    expect(first).toMatchObject({ passage: 1, text: '术前禁食八小时、禁水四小时。' });
    expect(NOTES[1]?.text.slice(first?.start, first?.end)).toBe(first?.text);
  });

  it('finds traditional characters in simplified text, and forms of English words', () => {
    expect(answerFrom('貓幾個月可以絕育', NOTES).quotes[0]?.text).toContain('绝育');
    expect(answerFrom('uploads failing with 413', NOTES).quotes[0]?.text).toContain(
      'client_max_body_size',
    );
  });

  it('says when the passages do not speak of what was asked', () => {
    expect(answerFrom('诺贝尔奖在哪个城市颁发？', NOTES)).toMatchObject({ isFound: false });
    expect(answerFrom('Who painted the Sistine Chapel?', NOTES)).toMatchObject({ isFound: false });
  });

  it('to nothing, or from nothing, is nothing', () => {
    const nothing = { isQuoted: true, isFound: false, quotes: [] };
    for (const question of ['', '？？？', '什么吗', 'what is the'])
      expect(answerFrom(question, NOTES)).toEqual(nothing);
    expect(answerFrom('岩茶', [])).toEqual(nothing);
    expect(answerFrom('岩茶', [{ text: '' }])).toEqual(nothing);
  });

  it('has as many quotes as are wanted', () => {
    const many = { text: Array.from({ length: 9 }, (_, at) => `岩茶第${at}泡。`).join('') };
    expect(answerFrom('岩茶', [many]).quotes).toHaveLength(3);
    expect(answerFrom('岩茶', [many], { max: 5 }).quotes).toHaveLength(5);
  });
});

describe('a summary', () => {
  const text = `# 备份

数据库每天凌晨备份一次，备份保留七天。
今天天气很好。
备份没有演练过就等于没有备份，每季度恢复数据库一次。
数据库每天凌晨备份一次，备份保留七天。
午饭吃了面。`;

  it('is of the sentences most like the others, in their order, none of them twice', () => {
    const { isQuoted, sentences } = summarise(text, { max: 2 });
    expect(isQuoted).toBe(true);
    expect(textsOf(sentences)).toEqual([
      '数据库每天凌晨备份一次，备份保留七天。',
      '备份没有演练过就等于没有备份，每季度恢复数据库一次。',
    ]);
    for (const { start, end, text: quoted } of sentences)
      expect(text.slice(start, end)).toBe(quoted);
  });

  it('of a text without sentences is empty', () => {
    for (const nothing of ['', '---', '好']) expect(summarise(nothing).sentences).toEqual([]);
  });
});

describe('keywords', () => {
  it('of Chinese are words, not characters', async () => {
    const words = await keywordsOf('岩茶要用沸水。大红袍、肉桂、水仙都是岩茶，岩茶的焙火很重。', {
      max: 4,
    });
    expect(words).toContain('岩茶');
    expect(words).toHaveLength(4);
    expect(words.every((word) => word.length > 1)).toBe(true);
  });

  it('of a mixed text are of both scripts, spelled as they stand there', async () => {
    const words = await keywordsOf(
      '用 Docker Compose 部署服务。Docker 的健康检查用 pg_isready，服务启动前先检查 PostgreSQL。',
    );
    expect(words).toEqual(expect.arrayContaining(['Docker', 'PostgreSQL', '服务']));
  });

  it('of English are none of the words that say nothing, and rather those that are rare elsewhere', async () => {
    const text = 'The vacuum removes dead rows. The table is what vacuum was made for. A table!';
    expect((await keywordsOf(text, { max: 2 })).map((word) => word.toLowerCase())).toContain(
      'vacuum',
    );
    const stats = {
      documentCount: 100,
      averageLength: 50,
      documentFrequency: (term: string) => (term === 'vacuum' ? 90 : 1),
    };
    expect(await keywordsOf(text, { max: 1, stats })).toEqual(['table']);
    expect(await keywordsOf('', {})).toEqual([]);
  });
});

describe('suggestions', () => {
  it('take the first heading for a title, else the most telling sentence, cut', () => {
    expect(suggestTitle('前言\n## **部署** [手册](https://example.org)\n正文。')).toBe('部署 手册');
    expect(suggestTitle('岩茶要用沸水。')).toBe('岩茶要用沸水');
    const long = suggestTitle(
      'The ability to concentrate without distraction on a demanding task is becoming rare and valuable.',
    );
    expect(long).toBe('The ability to concentrate without distraction on a…');
    expect([...(suggestTitle(`${'很长的一句话没有标点'.repeat(9)}。`) ?? '')]).toHaveLength(31);
    expect(suggestTitle('---\n')).toBeNull();
  });

  it('take tags the person has before new ones, as whole words', async () => {
    const tags = await suggestTags('用 Go 写服务。服务部署在 Docker 里。', {
      known: ['服务', 'go', 'Dock', 'Rust'],
      max: 3,
    });
    expect(tags.slice(0, 2)).toEqual(['服务', 'go']);
    expect(tags).toHaveLength(3);
    expect(tags).not.toContain('Dock');
  });
});
