/** What is looked at; each has a section of that name in docs/runbook.md. */
export const CHECKS = [
  'settings',
  'database',
  'migrations',
  'connections',
  'jobs',
  'redis-cache',
  'redis-queue',
  'disk',
  'files',
  'pdf',
  'clock',
  'address',
  'backup',
  'providers',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** `off` is not set up, and fine. */
export type FindingStatus = 'ok' | 'warn' | 'fail' | 'off';

/** One thing that was found. */
export interface Finding {
  check: CheckName;
  status: FindingStatus;
  says: string;
  /** What to do. */
  mend?: string;
}

/** Says findings of one check. */
export function findingsOf(check: CheckName) {
  const found: Finding[] = [];
  const add = (status: FindingStatus) => (says: string, mend?: string) =>
    void found.push({ check, status, says, ...(mend ? { mend } : {}) });
  return { found, ok: add('ok'), warn: add('warn'), fail: add('fail'), off: add('off') };
}

/** Where a check is explained. */
export const runbookOf = (check: CheckName): string => `docs/runbook.md#${check}`;

export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // Of several addresses that all refused, the first says enough.
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0]);
  return error.message || error.name;
};
