const KEY = 'departure';

let isLeaving = false;

/** A sign-out that the server has not heard of, in localStorage, which every tab reads at once. */
export const departure = {
  isPending(): boolean {
    try {
      return localStorage.getItem(KEY) !== null;
    } catch {
      // Blocked storage: it lasts as long as the page.
      return isLeaving;
    }
  },
  /** False when the browser does not remember it. */
  set(isPending: boolean): boolean {
    isLeaving = isPending;
    try {
      if (isPending) localStorage.setItem(KEY, '1');
      else localStorage.removeItem(KEY);
      return true;
    } catch {
      return false;
    }
  },
};
