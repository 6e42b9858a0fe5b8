/** Shapes of the radicals supplement that stand for a whole character, each before that character. */
const SUPPLEMENT = new Map(
  Array.from(
    (
      '⺁厂⺆冂⺊卜⺌小⺏尢⺐尢⺓幺⺕彐⺛旡⺜日⺝月⺟母⺠民⺡水⺥爪⺦丬⺧牛⺨犬⺫目⺭示⺴网⺶羊⺷羊⺻聿⺼肉' +
      '⺽臼⺾艹⻁虎⻂衣⻃覀⻄西⻅见⻆角⻇角⻉贝⻋车⻌辶⻍辶⻏阝⻐金⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣' +
      '⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟'
    ).matchAll(/(.)(.)/gu),
    ([, shape = '', character = '']) => [shape, character],
  ),
);

/**
 * Characters in place of the radicals that look like them: PDFs made by browsers hold those, and no
 * search would find a word of theirs. Full-width signs stay, unlike with NFKC.
 */
export function repairRadicals(text: string): string {
  return text.replace(
    /[\u2e80-\u2fdf]/g,
    (shape) => SUPPLEMENT.get(shape) ?? shape.normalize('NFKC'),
  );
}
