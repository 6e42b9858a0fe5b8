/** Why the embedded Postgres cannot run; the message is one line meant for the person at the terminal. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly reason: 'unsupported' | 'in_use' | 'data' | 'start';

  constructor(reason: EmbeddedPostgresError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
