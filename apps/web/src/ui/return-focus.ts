const OVER_THE_SCREEN = '[role="dialog"], [role="alertdialog"], [role="menu"]';

/** What had the focus before something opened over the screen. */
let opener: HTMLElement | null = null;

/** From now on what opens knows where the focus was. */
export function watchFocus(): void {
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && !target.closest(OVER_THE_SCREEN)) opener = target;
  });
}

/**
 * For `onCloseAutoFocus` of a layer without a trigger of its own: the focus goes back to where it was,
 * unless something has taken it meanwhile, such as the title of another screen.
 */
export function returnFocus(event: Event): void {
  event.preventDefault();
  if (document.activeElement === document.body) opener?.focus({ preventScroll: true });
}
