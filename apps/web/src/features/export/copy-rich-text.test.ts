import { describe, expect, it } from 'vitest';
import { toPasteHtml } from './copy-rich-text.js';

const page = (html: string) =>
  new DOMParser().parseFromString(`<main><h1>题</h1>${html}</main>`, 'text/html');

describe('a text for other editors', () => {
  it('carries its styles at its elements and nothing else', () => {
    const html = toPasteHtml(
      page(
        '<h2 id="a">二</h2><pre><code class="hljs">  a\n<span class="hljs-string">b</span></code></pre>',
      ),
      'zhihu',
    );
    expect(html).not.toMatch(/class=|id=|<h1/);
    expect(html).toMatch(/<h2 style="font-size:1.3em/);
    expect(html).toContain('&nbsp;&nbsp;a<br><span style="color:#1a6b3c">b</span>');
  });

  it('names the addresses at the end for WeChat, each once, and keeps the links for Zhihu', () => {
    const links =
      '<p><a href="https://a.example">甲</a><a href="https://a.example">乙</a><a href="#x">丙</a></p>';
    const wechat = toPasteHtml(page(links), 'wechat');
    expect(wechat).not.toContain('<a ');
    expect(wechat.match(/\[1\]/g)).toHaveLength(3);
    expect(wechat).toContain('[1] https://a.example');
    expect(toPasteHtml(page(links), 'zhihu')).toContain('href="https://a.example"');
  });

  it('shows formulas and tasks in a way that survives', () => {
    const text =
      '<p><math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math></p>' +
      '<ul><li><input type="checkbox" checked disabled>做完</li></ul>';
    expect(toPasteHtml(page(text), 'wechat')).toContain('<em>x^2</em>');
    expect(toPasteHtml(page(text), 'zhihu')).toContain('equation?tex=x%5E2');
    expect(toPasteHtml(page(text), 'wechat')).toContain('☑ 做完');
  });
});
