/** A backup does not hold what it held when it was made: exit code 2. */
export class DamagedBackupError extends Error {
  override name = 'DamagedBackupError';
  constructor(
    readonly backup: string,
    readonly lines: string[],
  ) {
    super(`${backup} is damaged:\n  ${lines.join('\n  ')}`);
  }
}
