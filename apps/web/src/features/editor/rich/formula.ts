import { renderFormula } from '@ainotebook/text/formula';

/** Puts a formula as MathML into an element; a wrong one is marked and keeps its source. */
export function setFormula(dom: HTMLElement, latex: string, isBlock: boolean): void {
  const html = renderFormula(latex, isBlock);
  dom.classList.toggle('is-wrong', html === null);
  if (html === null) return;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  // The content policy allows no styles in attributes; the formula reads well without.
  for (const element of body.querySelectorAll('[style]')) element.removeAttribute('style');
  dom.replaceChildren(...body.childNodes);
}
