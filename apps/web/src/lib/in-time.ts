/** A browser's database that stays silent so long may hold up nothing: no opening, no save, no start. */
export const DEVICE_MS = 5000;

/** Rejects when `work` has not settled after `ms`; what it does later is nobody's concern. */
export function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work, silence]).finally(() => clearTimeout(timer));
}
