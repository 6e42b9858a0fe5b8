import { m } from '@ainotebook/messages';

/** Where the text is to be pasted. */
export type PasteTarget = 'wechat' | 'zhihu';

/** These editors keep the styles of elements and nothing else. */
const STYLES: Record<string, string> = {
  p: 'margin:0 0 1em;line-height:1.75',
  h1: 'font-size:1.5em;font-weight:bold;line-height:1.4;margin:1.2em 0 .6em',
  h2: 'font-size:1.3em;font-weight:bold;line-height:1.4;margin:1.2em 0 .6em',
  h3: 'font-size:1.15em;font-weight:bold;line-height:1.4;margin:1em 0 .5em',
  blockquote: 'margin:1em 0;padding:.2em 1em;border-left:3px solid #d0d0ca;color:#5b6069',
  pre: 'background:#f3f3ef;border-radius:6px;padding:12px;overflow-x:auto;font-size:14px;line-height:1.6',
  code: 'font-family:Menlo,Consolas,monospace;font-size:.9em',
  table: 'border-collapse:collapse;margin:1em 0',
  th: 'border:1px solid #d0d0ca;padding:6px 10px;background:#f3f3ef;text-align:left',
  td: 'border:1px solid #d0d0ca;padding:6px 10px',
  img: 'max-width:100%;height:auto',
  mark: 'background:#ffe58a',
  hr: 'border:0;border-top:1px solid #d0d0ca;margin:2em 0',
  ul: 'margin:0 0 1em;padding-left:1.5em',
  ol: 'margin:0 0 1em;padding-left:1.5em',
};
const COLORS: [RegExp, string][] = [
  [/hljs-(comment|quote)/, '#5b6069'],
  [/hljs-(keyword|selector-tag|built_in)/, '#8a3ea8'],
  [/hljs-(string|attr|regexp)/, '#1a6b3c'],
  [/hljs-(number|literal|type)/, '#9a5b00'],
];

/**
 * The text of a page made by the server as these editors keep it: styles at the elements, formulas as their
 * source or as what Zhihu draws, and for WeChat, which drops links, the addresses at the end.
 */
export function toPasteHtml(page: Document, target: PasteTarget): string {
  const main = page.querySelector('main');
  if (!main) return '';
  main.querySelector('h1')?.remove();
  for (const math of main.querySelectorAll('math')) math.replaceWith(formula(page, math, target));
  for (const box of main.querySelectorAll('input')) {
    box.replaceWith(box.hasAttribute('checked') ? '☑ ' : '☐ ');
  }
  if (target === 'wechat') collectLinks(page, main);
  for (const element of main.querySelectorAll<HTMLElement>('*')) {
    const style = STYLES[element.localName];
    const color = COLORS.find(([names]) => names.test(element.className))?.[1];
    if (style) element.setAttribute('style', style);
    else if (color) element.setAttribute('style', `color:${color}`);
    element.removeAttribute('class');
    element.removeAttribute('id');
  }
  // Leading spaces of code are folded on the way otherwise.
  for (const code of main.querySelectorAll('pre code')) {
    code.innerHTML = code.innerHTML
      .replace(/^ +/gm, (spaces) => '&nbsp;'.repeat(spaces.length))
      .replace(/\n/g, '<br>');
  }
  return main.innerHTML.trim();
}

function formula(page: Document, math: Element, target: PasteTarget): Node {
  const source = math.querySelector('annotation')?.textContent ?? math.textContent ?? '';
  if (target === 'zhihu') {
    const image = page.createElement('img');
    image.setAttribute('eeimg', '1');
    image.src = `https://www.zhihu.com/equation?tex=${encodeURIComponent(source)}`;
    image.alt = source;
    return image;
  }
  const text = page.createElement('em');
  text.textContent = source;
  return text;
}

function collectLinks(page: Document, main: Element): void {
  const addresses: string[] = [];
  for (const link of main.querySelectorAll('a')) {
    const address = link.getAttribute('href') ?? '';
    const shown = page.createElement('span');
    shown.append(...link.childNodes);
    link.replaceWith(shown);
    if (!/^https?:/.test(address) || shown.textContent === address) continue;
    const known = addresses.indexOf(address);
    const number = known < 0 ? addresses.push(address) : known + 1;
    const mark = page.createElement('sup');
    mark.textContent = `[${number}]`;
    shown.append(mark);
  }
  if (addresses.length === 0) return;
  const title = page.createElement('h3');
  title.textContent = m.export_references();
  const list = addresses.map((address, index) => {
    const line = page.createElement('p');
    line.textContent = `[${index + 1}] ${address}`;
    return line;
  });
  main.append(title, ...list);
}
