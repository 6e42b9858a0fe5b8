/** HTML of another program with what a note has a use for: no styles, classes or wrappers; Word's lists as lists. */
export function cleanHtml(html: string): string {
  // Our own, from another place of the editor.
  if (html.includes('data-pm-slice')) return html;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of body.querySelectorAll('*')) {
    if (GONE.has(element.localName)) element.remove();
  }
  makeLists(body);
  markStyles(body);
  flattenCells(body);
  for (const element of body.querySelectorAll('*')) {
    for (const { name } of [...element.attributes]) {
      if (!KEPT.has(name)) element.removeAttribute(name);
    }
  }
  collapseSpace(body);
  return body.innerHTML;
}

/**
 * Nothing of these is text. Word puts an `o:p` into every paragraph, which holds the space that is its
 * end; a template hides what it holds from every search below.
 */
const GONE = new Set(
  'style script meta link base title iframe object embed template o:p xml'.split(' '),
);
const KEPT = new Set(['href', 'title', 'src', 'alt', 'align', 'type', 'checked', 'start', 'class']);

/** Word writes the items of lists as paragraphs with their level in a style. */
function makeLists(body: HTMLElement): void {
  let open: { list: HTMLElement; level: number }[] = [];
  let last: Element | null = null;
  for (const paragraph of body.querySelectorAll<HTMLElement>('p[style*="mso-list"]')) {
    const level = Number(/level(\d)/.exec(paragraph.getAttribute('style') ?? '')?.[1] ?? 1);
    const mark = paragraph.querySelector('[style*="mso-list:Ignore"], [style*="mso-list: Ignore"]');
    const isOrdered = /^\s*[\da-z]{1,3}[.)、]/i.test(mark?.textContent ?? paragraph.textContent);
    mark?.remove();
    if (paragraph.previousElementSibling !== last) open = [];
    open = open.filter((one) => one.level <= level);
    let current = open.at(-1);
    if (!current || current.level < level) {
      const list = document.createElement(isOrdered ? 'ol' : 'ul');
      if (current?.list.lastElementChild) current.list.lastElementChild.append(list);
      else paragraph.before(list);
      current = { list, level };
      open.push(current);
    }
    const item = document.createElement('li');
    const text = document.createElement('p');
    text.append(...paragraph.childNodes);
    item.append(text);
    current.list.append(item);
    paragraph.remove();
    last = open[0]?.list ?? null;
  }
}

/** Bold and the like that stand in styles only, as Word, Google and Feishu have them. */
function markStyles(body: HTMLElement): void {
  // Google wraps everything into a `b` that is none.
  for (const b of body.querySelectorAll('b[id^="docs-internal"]')) b.replaceWith(...b.childNodes);
  for (const span of body.querySelectorAll<HTMLElement>('span[style]')) {
    const style = span.getAttribute('style') ?? '';
    const tags = [
      /font-weight:\s*(?:bold|[6-9]00)/i.test(style) ? 'strong' : '',
      /font-style:\s*italic/i.test(style) ? 'em' : '',
      /text-decoration[^;]*line-through/i.test(style) ? 's' : '',
    ].filter(Boolean);
    if (span.closest('h1, h2, h3, h4, h5, h6, pre')) continue;
    for (const tag of tags) {
      const mark = document.createElement(tag);
      mark.append(...span.childNodes);
      span.append(mark);
    }
  }
}

/** A cell of Markdown is one line and one cell wide. */
function flattenCells(body: HTMLElement): void {
  for (const cell of body.querySelectorAll<HTMLTableCellElement>('td, th')) {
    for (let extra = cell.colSpan; extra > 1; extra -= 1) {
      cell.after(document.createElement(cell.tagName));
    }
    const blocks = cell.querySelectorAll('p, div, li, h1, h2, h3, h4, h5, h6');
    blocks.forEach((block, i) => {
      if (i > 0) block.before(document.createElement('br'));
      block.replaceWith(...block.childNodes);
    });
    for (const list of cell.querySelectorAll('ul, ol')) list.replaceWith(...list.childNodes);
  }
}

/** Line ends of a source mean nothing outside of code. */
function collapseSpace(body: HTMLElement): void {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement?.closest('pre')) {
      node.nodeValue = (node.nodeValue ?? '').replace(/[ \t\r\n]+/g, ' ');
    }
  }
}
