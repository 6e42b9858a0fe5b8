import { kindOfLiteral, namedAlternatives, partnersOf } from './alternatives.mjs';

/** Bounds of an input: whether `now` admits less than `before`; absent is no bound. */
const TIGHTER = {
  minLength: (before, now) => now > (before ?? 0),
  maxLength: (before, now) => now < (before ?? Number.POSITIVE_INFINITY),
  minItems: (before, now) => now > (before ?? 0),
  maxItems: (before, now) => now < (before ?? Number.POSITIVE_INFINITY),
  minimum: (before, now) => now > (before ?? Number.NEGATIVE_INFINITY),
  maximum: (before, now) => now < (before ?? Number.POSITIVE_INFINITY),
  exclusiveMinimum: (before, now) => now > (before ?? Number.NEGATIVE_INFINITY),
  exclusiveMaximum: (before, now) => now < (before ?? Number.POSITIVE_INFINITY),
  multipleOf: (before, now) => now !== before,
  pattern: (before, now) => now !== before,
  format: (before, now) => now !== before,
};

/**
 * What has changed in what is taken (`input`: all that was taken must be taken) or answered (`output`: whoever reads
 * the old answer must be able to read the new one). New fields, and new members of an enumeration or a union that is
 * told apart by a field, add to an answer without breaking it.
 * @returns `{ at, what }` each, where `at` is `.data.title` or `.items[].status`
 */
export function compareSchemas(side, [before, oldParts], [now, newParts]) {
  return side === 'input'
    ? inputChanges({ before, now, at: '' })
    : outputChanges({ before, now, at: '' });

  function inputChanges({ before, now, at }) {
    const found = nothing();
    const [old, next] = namedAlternatives([before, oldParts], [now, newParts]);
    const [was, is] = [before, now].map((schema) => JSON.stringify(schema.default));
    if (was !== is && was !== undefined) {
      found.breaks.push({ at, what: `is ${is ?? 'nothing'} when absent, was ${was}` });
    }
    if (next.some(({ kind }) => kind === 'anything')) return found;
    for (const one of old) {
      const same = partnersOf(one, next);
      if (same.length === 0) found.breaks.push({ at, what: `takes ${one.name} no longer` });
      else if (one.kind) {
        const options = same.map(({ schema }) => inputValues(one.kind, one.schema, schema, at));
        add(found, fewest(options));
      }
    }
    for (const one of next) {
      if (partnersOf(one, old).length > 0) continue;
      found.additions.push({ at, what: `takes ${one.name}` });
    }
    return found;
  }

  function itemChanges(before, now, at) {
    const found = nothing();
    const changes = side === 'input' ? inputChanges : outputChanges;
    const [old, next] = [before.prefixItems ?? [], now.prefixItems ?? []];
    if (old.length !== next.length) {
      found.breaks.push({ at, what: `has ${next.length} fixed items, had ${old.length}` });
      return found;
    }
    for (const [nth, item] of old.entries()) {
      add(found, changes({ before: item, now: next[nth], at: `${at}[${nth}]` }));
    }
    // Pairs have `items: false`.
    const items = { before: asSchema(before.items), now: asSchema(now.items) };
    add(found, changes({ ...items, at: `${at}[]` }));
    return found;
  }

  function inputValues(kind, before, now, at) {
    const found = nothing();
    const isNarrower = before.type === 'number' && now.type === 'integer';
    if (isNarrower) found.breaks.push({ at, what: 'takes integers only' });
    for (const [name, isTighter] of Object.entries(TIGHTER)) {
      const [old, next] = [before[name], now[name]];
      if (next !== undefined && isTighter(old, next)) {
        found.breaks.push({
          at,
          what: `has ${name} ${next}, ${old === undefined ? 'had none' : `was ${old}`}`,
        });
      }
    }
    if (kind === 'array') add(found, itemChanges(before, now, at));
    if (kind !== 'object') return found;
    const [old, next] = [before.properties ?? {}, now.properties ?? {}];
    for (const [name, field] of Object.entries(old)) {
      const inner = `${at}.${name}`;
      if (name in next) {
        add(found, inputChanges({ before: field, now: next[name], at: inner }));
        const isRequired = requires(now, name) && !requires(before, name);
        if (isRequired) found.breaks.push({ at: inner, what: 'is required' });
      } else found.breaks.push({ at: inner, what: 'is gone' });
    }
    for (const name of Object.keys(next).filter((name) => !(name in old))) {
      const list = requires(now, name) ? found.breaks : found.additions;
      list.push({
        at: `${at}.${name}`,
        what: requires(now, name) ? 'is new and required' : 'is new',
      });
    }
    add(found, inputOthers(before, now, at));
    return found;
  }

  /** Fields without a name of their own. */
  function inputOthers(before, now, at) {
    const [old, next] = [before.additionalProperties ?? {}, now.additionalProperties ?? {}];
    const found = nothing();
    if (old === false) return found;
    if (next === false) found.breaks.push({ at, what: 'refuses unknown fields' });
    else add(found, inputChanges({ before: asSchema(old), now: asSchema(next), at: `${at}[key]` }));
    if (now.propertyNames) {
      const names = { before: before.propertyNames ?? {}, now: now.propertyNames };
      add(found, inputChanges({ ...names, at: `${at}[key name]` }));
    }
    return found;
  }

  function outputChanges({ before, now, at }) {
    const found = nothing();
    const [old, next] = namedAlternatives([before, oldParts], [now, newParts]);
    if (old.some(({ kind }) => kind === 'anything')) return found;
    for (const one of next) {
      const same = partnersOf(one, old);
      if (same.length === 0) {
        const list = isMember(one, old) ? found.additions : found.breaks;
        list.push({ at, what: `may be ${one.name}` });
      } else if (one.kind) {
        const options = same.map(({ schema }) => outputValues(one.kind, schema, one.schema, at));
        add(found, fewest(options));
      }
    }
    return found;
  }

  function outputValues(kind, before, now, at) {
    const found = nothing();
    if (before.format !== now.format && before.format !== undefined) {
      found.breaks.push({ at, what: `is no ${before.format}` });
    }
    if (kind === 'array') add(found, itemChanges(before, now, at));
    if (kind !== 'object') return found;
    const [old, next] = [before.properties ?? {}, now.properties ?? {}];
    for (const [name, field] of Object.entries(old)) {
      const inner = `${at}.${name}`;
      if (name in next) {
        add(found, outputChanges({ before: field, now: next[name], at: inner }));
        const isLoose = requires(before, name) && !requires(now, name);
        if (isLoose) found.breaks.push({ at: inner, what: 'may be absent' });
      } else found.breaks.push({ at: inner, what: 'is gone' });
    }
    for (const name of Object.keys(next).filter((name) => !(name in old))) {
      found.additions.push({ at: `${at}.${name}`, what: 'is new' });
    }
    const [oldOthers, newOthers] = [before.additionalProperties, now.additionalProperties];
    if (typeof oldOthers === 'object') {
      add(found, outputChanges({ before: oldOthers, now: asSchema(newOthers), at: `${at}[key]` }));
    }
    return found;
  }
}

/** One more of several that there were: programs have a default branch for it. */
function isMember({ name, literal, kind }, others) {
  if (literal === undefined) return name !== kind && others.some((other) => other.kind === kind);
  const isAlike = (other) =>
    other.literal && kindOfLiteral(other.literal) === kindOfLiteral(literal);
  return literal !== 'null' && others.some(isAlike);
}

const nothing = () => ({ breaks: [], additions: [] });
const requires = ({ required = [] }, name) => required.includes(name);
/** `true` and what is absent admit anything. */
const asSchema = (schema) => (typeof schema === 'object' ? schema : {});
function add(found, more) {
  found.breaks.push(...more.breaks);
  found.additions.push(...more.additions);
}
/** Of several ways to read a value, the one nearest to how it was. */
const fewest = (options) =>
  options.toSorted(
    (a, b) => a.breaks.length - b.breaks.length || a.additions.length - b.additions.length,
  )[0];
