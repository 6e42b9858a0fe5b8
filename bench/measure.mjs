/** Median and tails of a list of milliseconds. */
export function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Times `call(i)` one after the other, after a tenth as warm-up. */
export async function measure(count, call) {
  for (let i = 0; i < count / 10; i++) await call(i);
  const times = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await call(i);
    times.push(performance.now() - began);
  }
  return summary(times);
}

/** Calls finished a second by `clients` loops running for `seconds`. */
export async function throughput(clients, seconds, call) {
  const end = performance.now() + seconds * 1000;
  let finished = 0;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() < end) {
        await call(client);
        finished += 1;
      }
    }),
  );
  return finished / seconds;
}
