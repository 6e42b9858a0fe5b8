const FAILURES = 5;
const OPEN_MS = 1_000;

/** Stops asking what does not answer: after five failures in a row one attempt a second. */
export class Breaker {
  #failures = 0;
  #closedAt = 0;

  /** May it be asked? An attempt after the pause makes the next one wait again. */
  allows(now: number): boolean {
    if (this.#failures < FAILURES) return true;
    if (now < this.#closedAt) return false;
    this.#closedAt = now + OPEN_MS;
    return true;
  }

  get isOpen(): boolean {
    return this.#failures >= FAILURES;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(now: number): void {
    this.#failures += 1;
    if (this.#failures >= FAILURES) this.#closedAt = now + OPEN_MS;
  }
}
