// JSON Schemas, as far as ours go, as the kinds of values they admit.

const KNOWN = new Set(
  (
    '$ref anyOf oneOf enum const type format default title description properties required additionalProperties ' +
    'propertyNames items prefixItems minItems maxItems minLength maxLength pattern minimum maximum exclusiveMinimum ' +
    'exclusiveMaximum multipleOf'
  ).split(' '),
);

/** `{ literal }` for one value, `{ kind, schema }` for many; `anything` is a kind. */
function alternativesOf(schema, parts) {
  for (const word of Object.keys(schema)) {
    // Better no answer than a wrong one.
    if (!KNOWN.has(word)) throw new Error(`A schema has ${word}, which nobody compares yet`);
  }
  const { $ref, anyOf, oneOf, type } = schema;
  if ($ref) {
    const part = parts[$ref.split('/').at(-1)];
    if (!part) throw new Error(`${$ref} leads nowhere`);
    return alternativesOf(part, parts);
  }
  if (anyOf || oneOf) return (anyOf ?? oneOf).flatMap((option) => alternativesOf(option, parts));
  if (schema.enum) return schema.enum.map((value) => ({ literal: JSON.stringify(value) }));
  if ('const' in schema) return [{ literal: JSON.stringify(schema.const) }];
  if (Array.isArray(type)) {
    return type.flatMap((one) => alternativesOf({ ...schema, type: one }, parts));
  }
  if (type === 'null') return [{ literal: 'null' }];
  if (type === undefined) return [{ kind: 'anything', schema }];
  return [{ kind: type === 'integer' ? 'number' : type, schema }];
}

/**
 * The alternatives of both sides, each with a `name` by which those of one side are found on the other: a literal, a
 * kind, or for the objects of unions what tells them apart: `{ kind: "all" }`.
 */
export function namedAlternatives(...sides) {
  const found = sides.map(([schema, parts]) =>
    alternativesOf(schema, parts).map((one) => ({ ...one, tags: tagsOf(one, parts) })),
  );
  const objects = found.flat().filter(({ kind }) => kind === 'object');
  const shared = [...(objects[0]?.tags.keys() ?? [])].filter((name) =>
    objects.every(({ tags }) => tags.has(name)),
  );
  const nameOf = ({ literal, kind, tags }) =>
    literal ?? (kind === 'object' && shared.length > 0 ? tagged(shared, tags) : kind);
  return found.map((side) => side.map((one) => ({ ...one, name: nameOf(one) })));
}

const tagged = (names, tags) =>
  `{ ${names.map((name) => `${name}: ${tags.get(name)}`).join(', ')} }`;

/** Those of `others` that admit the same. */
export const partnersOf = ({ name, literal }, others) =>
  others.filter(
    (other) => other.name === name || (literal && other.kind === kindOfLiteral(literal)),
  );

/** Fields that are there and have one possible value. */
function tagsOf({ kind, schema }, parts) {
  const { properties = {}, required = [] } = kind === 'object' ? schema : {};
  return new Map(
    required
      .map((name) => [name, alternativesOf(properties[name] ?? {}, parts)])
      .filter(([, [only, ...more]]) => only.literal !== undefined && more.length === 0)
      .map(([name, [{ literal }]]) => [name, literal]),
  );
}

export const kindOfLiteral = (literal) => {
  const value = JSON.parse(literal);
  return value === null ? 'null' : typeof value;
};
