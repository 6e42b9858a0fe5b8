/** Runs tasks one at a time, in the order they were asked for. */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const mine = last.then(task);
    // The next one does not care how this one ends.
    last = mine.catch(() => undefined);
    return mine;
  };
}
