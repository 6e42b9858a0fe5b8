/** Prints a line for each promise. */
export function openVerdicts() {
  let isKept = true;
  return {
    say: (promise, figure, holds) => {
      if (!holds) isKept = false;
      console.log(JSON.stringify({ promise, figure, verdict: holds ? 'kept' : 'BROKEN' }));
    },
    isKept: () => isKept,
  };
}
