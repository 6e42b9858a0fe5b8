import { readFileSync } from 'node:fs';

const CHECK_EVERY_MS = 500;

/**
 * Calls back once when the npm that runs this program is gone. npm killed with kill -9 would otherwise
 * leave a server that Ctrl-C cannot reach and that holds port and data.
 */
export function whenNpmIsGone(callback) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const npm = findNpm(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && readStat(npm?.pid)?.started === npm?.started) return;
    clearInterval(timer);
    callback();
  }, CHECK_EVERY_MS);
  timer.unref();
}

/** npm itself where /proc tells: the parent, or the grandparent when a shell stands in between. */
function findNpm(parent) {
  const stat = readStat(parent);
  if (!stat) return undefined;
  return /^(npm|node)/.test(stat.name) ? stat : readStat(stat.parent);
}

function readStat(pid) {
  let line;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name may hold spaces and brackets, so the fields after it are counted from the last bracket.
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return {
    pid,
    name: line.slice(line.indexOf('(') + 1, end),
    parent: fields[1],
    started: fields[19],
  };
}
