const PARAGRAPH =
  '清明前后，茶农天不亮就上山。**“一芽一叶”**是龙井的规矩：太嫩没有味道，太老压不住香气。炒茶用的是铁锅，' +
  '手掌贴着锅底，把叶片一次次推开、抖散、压平；温度高一分就焦，低一分就青。See the [tea ceremony](https://en.wikipedia.org/wiki/Tea_ceremony) for more.\n\n';

/** An article as people write them: some 4,000 characters, code, a table, a formula, tasks, footnotes. */
export const ARTICLE = {
  title: '龙井的一天：从采摘到第一泡',
  tags: ['茶', '杭州'],
  content: [
    '## 采摘\n\n',
    PARAGRAPH.repeat(6),
    '> [!note] 提示\n> 雨天不采。\n\n## 炒制\n\n',
    PARAGRAPH.repeat(6),
    '| 步骤 | 温度 | 时间 |\n|---|--:|--:|\n| 青锅 | 220 | 12 |\n| 辉锅 | 160 | 20 |\n\n',
    '```ts\nconst heat = (grams: number) => 160 + grams * 0.2; // degrees\n```\n\n',
    '冷却服从 $T(t) = T_0 + (T_1 - T_0)e^{-kt}$。\n\n## 冲泡\n\n',
    PARAGRAPH.repeat(4),
    '- [x] 烧水\n- [ ] 温杯\n- [ ] 投茶[^1]\n\n[^1]: 三克左右。\n',
  ].join(''),
};
