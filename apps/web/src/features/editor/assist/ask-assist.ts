/** What may be begun without choosing. */
export type AssistStart = 'continue' | 'summarise' | 'outline';

/** Sent to the text when somebody wants help with it. */
export const ASK_ASSIST = 'ask-assist';

/** Kept until somebody hears of it: the panel is fetched later than the text. */
const wishes = new WeakMap<HTMLElement, AssistStart | null>();

/** Asks for help with what is selected in a text. @param start null: it is chosen. */
export function askAssist(dom: HTMLElement, start: AssistStart | null = null): true {
  wishes.set(dom, start);
  dom.dispatchEvent(new Event(ASK_ASSIST));
  return true;
}

/** What was asked for last; undefined for nothing. */
export function takeWish(dom: HTMLElement): AssistStart | null | undefined {
  const wish = wishes.get(dom);
  wishes.delete(dom);
  return wish;
}
