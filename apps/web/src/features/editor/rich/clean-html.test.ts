import { describe, expect, it } from 'vitest';
import { cleanHtml } from './clean-html.js';

const bodyOf = (html: string) => {
  const body = document.createElement('div');
  body.innerHTML = html;
  return body;
};

describe('pasted HTML', () => {
  it.each([
    ['a script', '<p>a<script>alert(1)</script></p>'],
    ['a script in a picture', '<img src=x onerror=alert(1)>'],
    ['a script in a drawing', '<svg onload=alert(1)><script>alert(1)</script></svg>'],
    ['handlers of any name', '<p onclick=a() ONMOUSEOVER=b() onfoo=c()>a</p>'],
    ['styles', '<style>*{display:none}</style><p style="position:fixed">a</p>'],
    ['pages within the page', '<iframe srcdoc="<script>alert(1)</script>"></iframe>'],
    ['what is fetched by itself', '<object data="a.swf"></object><embed src="a.swf">'],
    ['hidden content', '<template><img src=x onerror=alert(1)></template>'],
    [
      'another base',
      '<base href="https://example.org"><meta http-equiv=refresh content=0><p>a</p>',
    ],
    ['a picture with sources', '<img srcset="https://example.org/a 2x" src="a" ping="b">'],
  ])('has no %s left', (_what, html) => {
    const cleaned = cleanHtml(html);
    expect(cleaned).not.toMatch(/\son\w+=|<script|<style|<iframe|<object|<embed|<template/i);
    expect(cleaned).not.toMatch(/<base|<meta|style=|srcset|ping=|alert\(1\)<\/script/i);
  });

  it('keeps what a note can hold', () => {
    const html =
      '<h2>a</h2><p>b <strong>c</strong> <a href="https://example.org" title="t">d</a></p>' +
      '<img src="https://example.org/a.png" alt="e"><ol start="3"><li>f</li></ol>';
    expect(cleanHtml(html)).toBe(html);
  });

  it('of our own editor stays as it is', () => {
    const html = '<p data-pm-slice="1 1 []" data-x="1">a</p>';
    expect(cleanHtml(html)).toBe(html);
  });

  it('of Word becomes lists, one within the other', () => {
    const item = (level: number, mark: string, text: string) =>
      `<p class=MsoListParagraph style="mso-list:l0 level${level} lfo1">` +
      `<span style="mso-list:Ignore">${mark}</span>${text}<o:p></o:p></p>`;
    const cleaned = bodyOf(
      cleanHtml([item(1, '1.', 'a'), item(2, '·', 'b'), item(1, '2.', 'c'), '<p>d</p>'].join('')),
    );
    const outer = [...cleaned.children].map((element) => element.tagName);
    expect(outer).toEqual(['OL', 'P']);
    const items = [...cleaned.querySelectorAll('ol > li')];
    expect(items.map((one) => one.querySelector('p')?.textContent)).toEqual(['a', 'c']);
    expect(cleaned.querySelector('ol > li ul > li')?.textContent).toBe('b');
  });

  it('of Google and Feishu has its styles as marks', () => {
    const cleaned = cleanHtml(
      '<b id="docs-internal-guid-1"><p><span style="font-weight:700">a</span>' +
        '<span style="font-style: italic">b</span>' +
        '<span style="text-decoration: underline line-through">c</span></p></b>',
    );
    const body = bodyOf(cleaned);
    expect(body.querySelector('strong')?.textContent).toBe('a');
    expect(body.querySelector('em')?.textContent).toBe('b');
    expect(body.querySelector('s')?.textContent).toBe('c');
    expect(body.querySelector('b')).toBeNull();
  });

  it('has cells of one line and one column', () => {
    const cleaned = bodyOf(
      cleanHtml(
        '<table><tr><td colspan="3"><p>a</p><p>b</p></td><td><ul><li>c</li></ul></td></tr></table>',
      ),
    );
    expect(cleaned.querySelectorAll('td')).toHaveLength(4);
    expect(cleaned.querySelector('td')?.innerHTML).toBe('a<br>b');
    expect(cleaned.querySelector('td ul')).toBeNull();
  });

  it('has no line ends of the source, except in code', () => {
    expect(cleanHtml('<p>a\n   b</p><pre>c\n  d</pre>')).toBe('<p>a b</p><pre>c\n  d</pre>');
  });
});
