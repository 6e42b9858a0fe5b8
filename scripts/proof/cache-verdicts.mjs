// What a cache promised, held against what its processes read.

export const BOUND_MS = 2_000;

/** For times in order: the last place whose time is not after `time`, or -1. */
function lastUntil(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** For events `[time, ver]`: the highest version until a time, and when it was first passed. */
function highest(events) {
  const sorted = [...events].sort((a, b) => a[0] - b[0]);
  const times = sorted.map(([time]) => time);
  let most = 0;
  const tops = sorted.map(([, ver]) => {
    most = Math.max(most, ver);
    return most;
  });
  return {
    until: (time) => tops[lastUntil(times, time)] ?? 0,
    /** When a version above `ver` was first there. */
    above: (ver) => {
      let low = 0;
      let high = tops.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (tops[middle] > ver) high = middle;
        else low = middle + 1;
      }
      return times[low] ?? Number.POSITIVE_INFINITY;
    },
  };
}

/**
 * @param reads `[key, ver, began, ended]` by process, a restarted one being another
 * @param writes `[key, ver, committed, applied]` by process; `applied` 0: it forgot to say so
 * @returns how often each promise was broken, and how old the oldest value was
 */
export function judgeHistory(readsOf, writesOf) {
  const broken = { tooOld: 0, ownWriteMissed: 0, backInTime: 0 };
  const ages = [];
  let reads = 0;
  const commits = byKey([...writesOf.values()].flat().map(([key, ver, at]) => [key, at, ver]));
  for (const [process, list] of readsOf) {
    const own = byKey(
      (writesOf.get(process) ?? [])
        .filter(([, , , applied]) => applied > 0)
        .map(([key, ver, , applied]) => [key, applied, ver]),
    );
    const seen = byKey(list.map(([key, ver, , ended]) => [key, ended, ver]));
    for (const [key, ver, began] of list) {
      reads += 1;
      if (ver < (commits.get(key)?.until(began - BOUND_MS) ?? 0)) broken.tooOld += 1;
      if (ver < (own.get(key)?.until(began) ?? 0)) broken.ownWriteMissed += 1;
      // What ended at the very time this one began may have ended after it.
      if (ver < (seen.get(key)?.until(began - 0.001) ?? 0)) broken.backInTime += 1;
      const age = began - (commits.get(key)?.above(ver) ?? Number.POSITIVE_INFINITY);
      if (age > 0) ages.push(age);
    }
  }
  ages.sort((a, b) => a - b);
  return {
    reads,
    broken,
    violations: broken.tooOld + broken.ownWriteMissed + broken.backInTime,
    stale: ages.length,
    worstMs: Math.round(ages.at(-1) ?? 0),
    p99Ms: Math.round(ages[Math.floor(ages.length * 0.99)] ?? 0),
  };
}

function byKey(events) {
  const groups = new Map();
  for (const [key, time, ver] of events) {
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push([time, ver]);
  }
  return new Map([...groups].map(([key, list]) => [key, highest(list)]));
}
