import {
  chownSync,
  closeSync,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs';

const MAX_LOG_BYTES = 5 * 1024 * 1024;
const CHECK_EVERY_MS = 60_000;

/** The file PostgreSQL writes its log to, kept under about twice 5 MB by one older copy. */
export interface LogFile {
  fd: number;
  close(): void;
}

/** Opens (for appending) the log beside a cluster and keeps its size bounded while open. */
export function openLogFile(file: string, folder: string): LogFile {
  // Read and write: the bound is kept by truncating the very file PostgreSQL appends to.
  const fd = openSync(file, 'a+', 0o600);
  const owner = statSync(folder);
  if (process.getuid?.() === 0) chownSync(file, owner.uid, owner.gid);
  const bound = () => {
    if (fstatSync(fd).size <= MAX_LOG_BYTES) return;
    copyFileSync(file, `${file}.1`);
    ftruncateSync(fd, 0);
  };
  bound();
  const timer = setInterval(bound, CHECK_EVERY_MS);
  timer.unref();
  return {
    fd,
    close: () => {
      clearInterval(timer);
      closeSync(fd);
    },
  };
}

/** What was appended to the log since an offset, without the time stamps: the reason a start failed. */
export function readLogFrom(file: string, offset: number): string {
  let text: string;
  try {
    text = readFileSync(file).subarray(offset).toString('utf8');
  } catch {
    return '';
  }
  return text
    .split('\n')
    .filter((line) => /FATAL|PANIC|HINT|error/.test(line))
    .map((line) => line.replace(/^.*?(FATAL|PANIC|HINT): +/, ''))
    .join(' ')
    .slice(-1_000);
}
