import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOSTILE_MARKDOWN } from './hostile-fixtures.js';
import { renderMarkdown } from './render.js';

const TAG = /<\/?([a-z][a-z\d]*)((?:[^>"]|"[^"]*")*)>/g;
const ATTRIBUTE = /([^\s=/]+)(?:="([^"]*)")?/g;

interface Tag {
  name: string;
  attributes: Map<string, string>;
}

/** The tags a browser would see; text is escaped by then, so every "<" begins one. */
function tagsOf(html: string): Tag[] {
  return [...html.matchAll(TAG)].map((match) => ({
    name: match[1] ?? '',
    attributes: new Map(
      [...(match[2] ?? '').matchAll(ATTRIBUTE)].map((pair) => [pair[1] ?? '', pair[2] ?? '']),
    ),
  }));
}

const SAFE_TAGS = new Set(
  (
    'a blockquote br code del em h1 h2 h3 h4 h5 h6 hr img input li ol p pre section span strong ' +
    'sup table tbody td th thead tr ul div mark math semantics annotation mrow mi mn mo ms mtext ' +
    'mspace msup msub msubsup mfrac msqrt mroot mstyle mover munder munderover mtable mtr mtd ' +
    'merror mpadded mphantom menclose'
  ).split(' '),
);
const SAFE_ATTRIBUTES = new Set(
  (
    'align alt aria-describedby aria-label checked class data-footnote-backref data-footnote-ref ' +
    'data-footnotes decoding disabled href id loading referrerpolicy rel src start tabindex ' +
    'title type role xmlns encoding display mathvariant stretchy separator lspace rspace ' +
    'displaystyle scriptlevel width height mathcolor minsize maxsize fence columnalign ' +
    'columnspacing rowspacing accent accentunder linethickness'
  ).split(' '),
);

function expectInert(html: string): void {
  expect(html.replace(TAG, '')).not.toContain('<');
  for (const { name, attributes } of tagsOf(html)) {
    expect(SAFE_TAGS).toContain(name);
    for (const [attribute, value] of attributes) {
      expect(SAFE_ATTRIBUTES).toContain(attribute);
      if (attribute === 'href') expect(value).toMatch(/^(?:https?:|mailto:|[^:]*(?:$|[/?#]))/i);
      if (attribute === 'src') expect(value).toMatch(/^(?:https?:|[^:]*(?:$|[/?#]))/i);
      if (attribute === 'id') expect(value).toMatch(/^(?:user-content-|footnote-label$)/);
    }
  }
}

describe('renderMarkdown', () => {
  it('renders what Chinese writers write', () => {
    const { html } = renderMarkdown('**“重点。”**后面，~~删~~，~不删~，3 * 4。');
    expect(html).toBe('<p><strong>“重点。”</strong>后面，<del>删</del>，~不删~，3 * 4。</p>');
  });

  it('gives headings prefixed ids, lists them, and leads links within the text to them', () => {
    const { html, headings } = renderMarkdown('# 标题\n\n## 标题\n\n[去](#标题) [顶](#)');
    expect(headings).toEqual([
      { depth: 1, text: '标题', id: 'user-content-标题' },
      { depth: 2, text: '标题', id: 'user-content-标题-1' },
    ]);
    expect(html).toContain('<h2 id="user-content-标题-1">标题</h2>');
    expect(html).toContain(`href="#user-content-${encodeURIComponent('标题')}"`);
    expect(html).toContain('<a href="#">顶</a>');
  });

  it('tells links out of the site from links within it', () => {
    const rel = ' rel="noopener nofollow ugc"';
    const { html } = renderMarkdown('[a](https://a.b) [b](//a.b) [c](/p/c) [d](d) <me@a.b>');
    expect(html).toContain(`<a href="https://a.b"${rel}>a</a>`);
    expect(html).toContain(`<a href="//a.b"${rel}>b</a>`);
    expect(html).toContain('<a href="/p/c">c</a> <a href="d">d</a>');
    expect(html).toContain(`<a href="mailto:me@a.b"${rel}>`);
  });

  it('loads images late and without a referrer', () => {
    expect(renderMarkdown('![图](/a.png "题")').html).toBe(
      '<p><img src="/a.png" alt="图" title="题" loading="lazy" decoding="async" referrerpolicy="no-referrer"></p>',
    );
  });

  it('gives the pictures it is told of their size and smaller files, and no others', () => {
    const picture = {
      width: 900,
      height: 600,
      widths: [480, 900],
      hasAvif: false,
      placeholder: 'data:image/webp;base64,AAAA',
    };
    const pictures = { '/api/files/1': picture };
    const { html } = renderMarkdown('![图](/api/files/1) ![](/api/files/2) ![](constructor)', {
      pictures,
    });
    expect(html).toContain('width="900" height="600"');
    expect(html).toContain('srcset="/api/files/1/480.webp 480w, /api/files/1/900.webp 900w"');
    expect(html.match(/srcset/g)).toHaveLength(1);
    expect(html.match(/data-blur="data:image\/webp;base64,AAAA"/g)).toHaveLength(1);
    expect(html).not.toContain('<picture');
  });

  it('lets browsers choose AVIF where there is some, and keeps the picture for all others', () => {
    const picture = {
      width: 900,
      height: 600,
      widths: [480, 900],
      hasAvif: true,
      placeholder: null,
    };
    const { html } = renderMarkdown('[![图](/api/files/1)](/there) ![](/api/files/2)', {
      pictures: { '/api/files/1': picture },
    });
    expect(html).toMatch(
      /^<p><a href="\/there"[^>]*><picture><source type="image\/avif" srcset="\/api\/files\/1\/480\.avif 480w, \/api\/files\/1\/900\.avif 900w" sizes="[^"]+"><img src="\/api\/files\/1" alt="图"[^>]*><\/picture><\/a> <img src="\/api\/files\/2"/,
    );
    expect(html).toContain('srcset="/api/files/1/480.webp 480w, /api/files/1/900.webp 900w"');
  });

  it('names check boxes in the language of the page', () => {
    const source = '- [x] a\n- [ ] b';
    expect(renderMarkdown(source).html).toContain('checked disabled aria-label="已完成"');
    expect(renderMarkdown(source, { locale: 'en' }).html).toContain('aria-label="To do"');
  });

  it('renders tables with alignment and footnotes that lead there and back', () => {
    const { html, headings } = renderMarkdown('| a |\n|--:|\n| 1 |\n\n注[^1]\n\n[^1]: 文');
    expect(html).toContain('<td align="right">1</td>');
    expect(html).toContain('href="#user-content-fn-1" id="user-content-fnref-1"');
    expect(html).toContain('<li id="user-content-fn-1">');
    expect(html).toContain('href="#user-content-fnref-1"');
    expect(headings).toEqual([]);
  });

  it('colours common languages, and leaves others and long code alone', () => {
    expect(renderMarkdown('```ts\nconst a = 1;\n```').html).toContain('class="hljs-keyword"');
    expect(renderMarkdown('```cobol\nMOVE A TO B\n```').html).not.toContain('hljs');
    const long = renderMarkdown(`\`\`\`ts\n${'const a = 1;\n'.repeat(2_000)}\`\`\``).html;
    expect(long).not.toContain('hljs');
    expect(long).toContain('language-ts');
  });

  it('shows raw HTML as text, hides comments, and breaks lines at <br>', () => {
    expect(renderMarkdown('a<br>b<!-- x --> List<String>').html).toBe(
      '<p>a<br>b List&#x3C;String></p>',
    );
    expect(renderMarkdown('<div>\nx\n</div>').html).toBe('<p>&#x3C;div>\nx\n&#x3C;/div></p>');
  });
});

describe('renderMarkdown on hostile sources', () => {
  it.each(HOSTILE_MARKDOWN)('keeps %j inert', (source) => {
    expectInert(renderMarkdown(source).html);
  });

  it.each(['javascript:', 'data:', 'vbscript:', 'file:'])('drops %s addresses', (scheme) => {
    const { html } = renderMarkdown(`[x](${scheme}y) ![z](${scheme}y)`);
    expect(html).not.toContain('href');
    expect(html).not.toContain('src=');
    expect(html).toContain('x');
  });

  it('keeps any mixture of dangerous pieces inert', () => {
    const piece = fc.constantFrom(
      ...['<script>', '</', '<img src=x onerror=', '"', "'", '>', '`', '```', '[', '](', ')', '!'],
      ...['javascript:', '&#106;', '\n', '\n\n', '> ', '- ', '|', '|-|', '#', '*', '**', '~~'],
      ...['<!--', '-->', '[^1]', ': ', 'https://a.b/', '\0', '\\', 'x', '中', '<br>', '<a@b.c>'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expectInert(renderMarkdown(pieces.join('')).html);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['brackets', '['.repeat(1_000_000)],
    ['stars', '*'.repeat(1_000_000)],
    ['pairs of brackets', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['nested quotes', `${'>'.repeat(10_000)}a`],
    ['nested lists', `${'- '.repeat(10_000)}a`],
    ['half emphasis', 'a**b'.repeat(50_000)],
    ['half links', '[a]('.repeat(50_000)],
    ['emphasis in emphasis', '*a _b '.repeat(5_000) + 'b_ a* '.repeat(5_000)],
    ['a long list', '1. a\n'.repeat(60_000)],
    ['one long paragraph', 'a\n'.repeat(140_000)],
    ['brackets behind a false fence', `- \`\`\`\n  \`\`\`\n\n\`\`\`\n\n${'['.repeat(100_000)}`],
    ['brackets behind a false table', `> a\n|a|\n|-|\n${'|[[[[[[*a_*|\n'.repeat(10_000)}`],
    ['brackets in an HTML block', `<div>\n\`\`\`\n${'['.repeat(100_000)}`],
    ['more than the caller wants', 'a'.repeat(300_001)],
  ])('shows %s as plain text', (_name, source) => {
    const { html, headings } = renderMarkdown(source);
    expect(html.startsWith('<pre class="plain-source" tabindex="0">')).toBe(true);
    expect(headings).toEqual([]);
  });

  it.each([
    ['parentheses', '('.repeat(299_000)],
    ['a table of 3,000 rows', `| a_b | c |\n|---|---|\n${'| a_b | 1 |\n'.repeat(3_000)}`],
    ['code full of marks', `\`\`\`json\n${'{"a_b": [1, "&*"]},\n'.repeat(5_000)}\`\`\``],
    [
      '200 KB of prose',
      '一段**中文**文字，有 [链接](https://a.b) 和 `code`，然后继续写很多别的内容，直到这一段结束为止。\n\n'.repeat(
        1_500,
      ),
    ],
  ])('still renders %s', (_name, source) => {
    expect(renderMarkdown(source).html).not.toContain('plain-source');
  });

  it('escapes what it shows as plain text', () => {
    const { html } = renderMarkdown('<script>&\0', { maxLength: 5 });
    expect(html).toBe('<pre class="plain-source" tabindex="0">&lt;script&gt;&amp;\ufffd</pre>');
  });
});

describe('what notes have besides GFM', () => {
  const html = (markdown: string, options = {}) =>
    renderMarkdown(markdown, { locale: 'en', ...options }).html;

  it('shows formulas as MathML, and one that fails as it was written', () => {
    expect(html('$x^2$')).toContain('<msup><mi>x</mi><mn>2</mn></msup>');
    expect(html('$$\n\\frac{1}{2}\n$$')).toContain('<mfrac>');
    expect(html('$\\frac{$')).toContain('\\frac{');
    expect(html('$\\href{javascript:alert(1)}{x}$')).not.toContain('href=');
    expect(html('costs $5 and $10')).toBe('<p>costs $5 and $10</p>');
  });

  it('marks what is highlighted, and no comparison', () => {
    expect(html('这是==重点==内容')).toBe('<p>这是<mark>重点</mark>内容</p>');
    expect(html('a==b && c==d')).toBe('<p>a==b &#x26;&#x26; c==d</p>');
  });

  it('gives a callout the title it has, or the word for its kind', () => {
    expect(html('> [!NOTE]\n> text')).toBe(
      '<div class="callout callout-note" role="note"><p class="callout-title">Note</p><p>text</p></div>',
    );
    expect(html('> [!warning] Mind **this**\n> text')).toContain(
      '<p class="callout-title">Mind <strong>this</strong></p>',
    );
  });

  it('leads a wiki link where it is told, and nowhere else', () => {
    const links = { 目标: '/p/target', evil: 'javascript:alert(1)' };
    expect(html('[[目標|别名]]', { links })).toBe(
      '<p><a href="/p/target" class="wiki-link">别名</a></p>',
    );
    expect(html('[[没有]]', { links })).toBe('<p><span class="wiki-link-missing">没有</span></p>');
    expect(html('[[evil]] [[constructor]]', { links })).not.toContain('javascript');
    expect(html('[["><img src=x onerror=alert(1)>]]')).not.toContain('<img');
  });

  it('hides front matter', () => {
    expect(html('---\ntitle: x\n---\n\ntext')).toBe('<p>text</p>');
  });
});
