import { AppError } from '@ainotebook/api';

/** A document of a note and its pictures are up to 100 MB while they are made. */
const AT_ONCE = 2;
const MOST_WAITING = 20;
const MOST_WAITING_OF_ONE = 3;
const WAIT_MS = 20_000;

/** A place that was taken. Each may be given back again and again. */
export interface Place {
  /** The document is made: somebody else may make one. */
  leave(): void;
  /** The document is sent, or will not be: its owner may have another. */
  end(): void;
}

export interface ExportPlaces {
  /** Waits for a place; whoever has one waits until that has ended. @throws AppError unavailable */
  take(owner: string): Promise<Place>;
}

/** Bounds the documents of notes that one process makes at once, and those that one person does. */
export function createExportPlaces(options: { waitMs?: number } = {}): ExportPlaces {
  const { waitMs = WAIT_MS } = options;
  const waiting: { owner: string; go: (place: Place) => void }[] = [];
  const owners = new Set<string>();
  let taken = 0;

  const busy = () =>
    new AppError('unavailable', 'The server is busy; try again shortly', { retryAfterMs: 5000 });

  function place(owner: string): Place {
    let isMaking = true;
    let hasEnded = false;
    const leave = () => {
      if (!isMaking) return;
      isMaking = false;
      taken -= 1;
      next();
    };
    return {
      leave,
      end() {
        if (hasEnded) return;
        hasEnded = true;
        owners.delete(owner);
        leave();
        next();
      },
    };
  }

  function next(): void {
    while (taken < AT_ONCE) {
      const at = waiting.findIndex(({ owner }) => !owners.has(owner));
      const [first] = at < 0 ? [] : waiting.splice(at, 1);
      if (!first) return;
      taken += 1;
      owners.add(first.owner);
      first.go(place(first.owner));
    }
  }

  return {
    take: (owner) =>
      new Promise<Place>((resolve, reject) => {
        const own = waiting.filter((other) => other.owner === owner).length;
        if (waiting.length >= MOST_WAITING || own >= MOST_WAITING_OF_ONE) return reject(busy());
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(mine), 1);
          reject(busy());
        }, waitMs);
        const mine = {
          owner,
          go: (taken: Place) => {
            clearTimeout(timer);
            resolve(taken);
          },
        };
        waiting.push(mine);
        next();
      }),
  };
}
