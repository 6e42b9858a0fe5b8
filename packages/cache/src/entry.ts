import type { Loaded } from './cache-class.js';

/** A value: parsed from JSON, frozen, with its version. */
export interface Known {
  /** Of an absent row: that of its deletion where it is known, else 0. */
  readonly ver: bigint;
  /** `null`: there is none. */
  readonly value: unknown;
  /** How long Postgres took for it. */
  readonly loadMs: number;
}

/** The same with its text, on its way to Redis or from it. */
export interface Entry extends Known {
  readonly json: string;
}

const VER_DIGITS = 20;

/** Versions as text of one length: so they compare as text, where doubles would lose digits (Lua). */
export function padVer(ver: bigint): string {
  return ver.toString().padStart(VER_DIGITS, '0');
}

/** Nobody can change what all share, and nobody has to pay for a copy at each read. */
function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  }
  return value;
}

/** An entry of what a loader found: through JSON, so that it is the same as from Redis. */
export function toEntry(loaded: Loaded<unknown> | null, absentVer: bigint, loadMs: number): Entry {
  const json = JSON.stringify(loaded === null ? null : loaded.value);
  const ver = loaded === null ? absentVer : loaded.ver;
  return { ver, value: freeze(JSON.parse(json)), json, loadMs: Math.round(loadMs) };
}

export function encode(entry: Entry): string {
  return `${padVer(entry.ver)}${entry.loadMs}|${entry.json}`;
}

/** @returns undefined for a text that `encode` did not write */
export function decode(text: string): Entry | undefined {
  const bar = text.indexOf('|', VER_DIGITS);
  if (bar < 0) return undefined;
  try {
    const json = text.slice(bar + 1);
    const ver = BigInt(text.slice(0, VER_DIGITS));
    return {
      ver,
      value: freeze(JSON.parse(json)),
      json,
      loadMs: Number(text.slice(VER_DIGITS, bar)),
    };
  } catch {
    return undefined; // somebody else wrote there: a miss
  }
}
