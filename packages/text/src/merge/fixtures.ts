import fc from 'fast-check';

const word = fc.constantFrom('漓江', '烟雨', 'alpha', 'beta', '竹筏', '😀', 'x');
const line = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));

/** Blocks of every kind Markdown has, without the blank line after them. */
export const blockSource: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: line },
  fc.tuple(line, line).map((lines) => lines.join('\n')),
  line.map((text) => `## ${text}`),
  line.map((text) => `- ${text}`),
  line.map((text) => `- [ ] ${text}\n  - ${text}`),
  line.map((text) => `1. ${text}\n\n   ${text}`),
  line.map((text) => `> ${text}\n> ${text}`),
  line.map((text) => `| a | b |\n|---|---|\n| ${text} | 1 |`),
  line.map((text) => `\`\`\`ts\n${text}\n\n# ${text}\n\`\`\``),
  line.map((text) => `$$\n${text}\n\n${text}\n$$`),
  line.map((text) => `<!-- ${text}\n\n${text} -->`),
  fc.constant('---'),
);

const gap = fc.constantFrom('\n\n', '\n\n', '\n\n\n', '\n', '\r\n\r\n', '\n \t\n');

/** A text of such blocks; `minLength` of them at least. */
export const markdown = (minLength = 0): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom('', '', '\n', '---\ntitle: x\n---\n\n'),
      fc.array(fc.tuple(blockSource, gap), { minLength, maxLength: 8 }),
      fc.constantFrom('', '\n', ' '),
    )
    .map(([lead, blocks, end]) => lead + blocks.map((pair) => pair.join('')).join('') + end);

/** Anything that could confuse a splitter, and anything at all. */
export const anySource: fc.Arbitrary<string> = fc.oneof(
  markdown(),
  fc
    .array(
      fc.constantFrom(
        '```',
        '~~~',
        '$$',
        '---',
        '\n',
        '\n\n',
        '- ',
        '  ',
        '\t',
        '<!--',
        '-->',
        '# ',
        '> ',
        '\r',
        '|',
        'a',
        '<pre>',
        '</pre>',
        '1. ',
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
