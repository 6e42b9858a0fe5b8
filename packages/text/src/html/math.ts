import type { Element, Root } from 'hast';
import type { Options } from 'rehype-katex';

/** MathML needs neither style nor fonts of ours; every current browser shows it. */
export const KATEX: Options = {
  output: 'mathml',
  strict: false,
  // Nothing that leads elsewhere or loads anything: \href, \url, \includegraphics, \htmlData.
  trust: false,
  maxExpand: 200,
  maxSize: 20,
};

const MAX_FORMULA = 2_000;
const MAX_TOTAL = 40_000;
/** What each costs besides its length, in characters. */
const FORMULA_COST = 20;

/** Leaves formulas as they were written beyond what may be set in reasonable time. */
export function limitMath(tree: Root): void {
  let total = 0;
  visit(tree, (code) => {
    const classes = code.properties.className;
    if (!Array.isArray(classes)) return;
    const isMath = classes.some((name) => name === 'math-inline' || name === 'math-display');
    if (!isMath) return;
    const length = code.children.reduce(
      (sum, child) => sum + (child.type === 'text' ? child.value.length : 0),
      0,
    );
    total += length + FORMULA_COST;
    if (length > MAX_FORMULA || total > MAX_TOTAL) code.properties.className = [];
  });
}

function visit(parent: Root | Element, onCode: (code: Element) => void): void {
  for (const child of parent.children) {
    if (child.type !== 'element') continue;
    if (child.tagName === 'code') onCode(child);
    visit(child, onCode);
  }
}
