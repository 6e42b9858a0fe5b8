const SECRET_KEY =
  /authorization|cookie|passw|secret|token|api[-_]?key|private[-_]?key|mch[-_]?key|backup[-_]?key|credential|^(otp|pin|jwt)$/i;
const HIDDEN = '[redacted]';
const MAX_DEPTH = 6;
const MAX_TEXT = 4000;

/** Shorter ones would be found in words that are none. */
const MIN_KNOWN = 12;
const groups = new Map<string, readonly string[]>();
let known: RegExp | null = null;

/**
 * From now on these very values are hidden in every text, whatever stands around them.
 * @param group whose former values they replace
 */
export function hideValues(values: readonly string[], group = 'settings'): void {
  groups.set(group, values);
  const long = [...new Set([...groups.values()].flat())]
    .filter((value) => value.length >= MIN_KNOWN)
    .sort((a, b) => b.length - a.length)
    .map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  known = long.length > 0 ? new RegExp(long.join('|'), 'g') : null;
}

/** Hides what looks like a secret inside a text: bearer tokens, JWTs, API keys, passwords in addresses, query secrets. */
export function redactText(text: string): string {
  return (known ? cut(text).replace(known, HIDDEN) : cut(text))
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${HIDDEN}`)
    .replace(/\banb_[\w-]{8,}/g, HIDDEN)
    .replace(/\bAGE-SECRET-KEY-[\w-]+/g, HIDDEN)
    .replace(/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, HIDDEN)
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@]+@/gi, `$1${HIDDEN}@`)
    .replace(
      /([?&#](?:[\w-]*(?:token|secret|password|signature|api_?key)|key|code|sig)=)[^&\s#"]*/gi,
      `$1${HIDDEN}`,
    );
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** A copy of `value` that may be written to a log: secrets hidden, errors as objects, depth bounded. */
export function redact(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, redactPart(key, part, 0)]),
  );
}

function redactPart(key: string, value: unknown, depth: number): unknown {
  if (SECRET_KEY.test(key) && value !== null && value !== undefined) return HIDDEN;
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) {
    return value.slice(0, 50).map((part) => redactPart('', part, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 50)
      .map(([name, part]) => [name, redactPart(name, part, depth + 1)]),
  );
}

/** An error for the log. A failed query keeps its text but not its parameters: they are people's notes. */
function describeError(error: Error, depth: number): unknown {
  const withoutParameters = (text: string) => {
    const at = text.indexOf('\nparams: ');
    if (at < 0) return text;
    const stack = text.indexOf('\n    at ', at);
    return text.slice(0, at) + (stack < 0 ? '' : text.slice(stack));
  };
  const code = 'code' in error ? error.code : undefined;
  return {
    name: error.name,
    message: redactText(withoutParameters(error.message)),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack ? { stack: redactText(withoutParameters(error.stack)) } : {}),
    ...(error.cause instanceof Error && depth < MAX_DEPTH
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
  };
}
