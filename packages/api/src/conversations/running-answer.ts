/** An answer while this process writes it: its text so far, and whoever waits for more of it. */
export class RunningAnswer {
  content = '';
  /** How many answers come before it while it waits for its turn; else null. */
  ahead: number | null = null;
  isOver = false;
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();

  constructor(readonly userId: string) {}

  /** Ends the writing. */
  stop(): void {
    this.#stop.abort();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** It waits for its turn, and no longer with null. */
  queue(ahead: number | null): void {
    this.ahead = ahead;
    this.#tell();
  }

  add(text: string): void {
    this.content += text;
    this.#tell();
  }

  end(): void {
    this.isOver = true;
    this.#tell();
  }

  /** Resolves at the next change, and after `ms` at the latest. */
  async changed(ms: number): Promise<void> {
    if (this.isOver) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
    });
  }

  #tell(): void {
    for (const done of [...this.#waiting]) done();
  }
}
