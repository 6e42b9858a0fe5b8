/** A JSON Schema, as far as ours go. */
export type Schema = Record<string, unknown>;

/** A piece of a type in words; `ref` is the named schema it leads to. */
export interface TypePart {
  text: string;
  ref?: string;
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;
const schemasOf = (value: unknown): Schema[] =>
  Array.isArray(value) ? value.filter(isSchema) : [];

/** `array of Article`, `string (uuid) or null`, `"draft" | "published"`. */
export function typeOf(schema: Schema): TypePart[] {
  const { $ref, type, format, default: initial } = schema;
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1) ?? $ref;
    return [{ text: name, ref: name }];
  }
  const options = [...schemasOf(schema.anyOf), ...schemasOf(schema.oneOf)];
  const parts: TypePart[] =
    options.length > 0
      ? options.flatMap((option, nth) => [
          ...(nth > 0 ? [{ text: ' or ' }] : []),
          ...typeOf(option),
        ])
      : type === 'array' && isSchema(schema.items)
        ? [{ text: 'array of ' }, ...typeOf(schema.items)]
        : [{ text: plainType(schema, type, format) }];
  const bounds = boundsOf(schema);
  if (bounds) parts.push({ text: `, ${bounds}` });
  if (initial !== undefined) parts.push({ text: `, default ${JSON.stringify(initial)}` });
  return parts;
}

function plainType(schema: Schema, type: unknown, format: unknown): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const name = Array.isArray(type)
    ? type.join(' or ')
    : typeof type === 'string'
      ? type
      : 'anything';
  return typeof format === 'string' ? `${name} (${format})` : name;
}

function boundsOf({ minLength, maxLength, minimum, maximum, minItems, maxItems }: Schema): string {
  const range = (least: unknown, most: unknown, what: string) =>
    least === undefined && most === undefined
      ? ''
      : least === undefined
        ? `at most ${most}${what}`
        : most === undefined
          ? `at least ${least}${what}`
          : `${least} to ${most}${what}`;
  return [
    range(minLength, maxLength, ' characters'),
    range(minimum, maximum, ''),
    range(minItems, maxItems, ' items'),
  ]
    .filter(Boolean)
    .join(', ');
}

export interface Field {
  name: string;
  schema: Schema;
  isRequired: boolean;
  /** Objects without a name in it, whose fields are told below. */
  inner: Schema[];
}

/** The fields of an object; of a union, those of each of its objects in turn. */
export function fieldsOf(schema: Schema): Field[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const own = Object.entries(isSchema(schema.properties) ? schema.properties : {}).flatMap(
    ([name, field]) =>
      isSchema(field)
        ? [{ name, schema: field, isRequired: required.includes(name), inner: objectsIn(field) }]
        : [],
  );
  return [
    ...own,
    ...schemasOf(schema.anyOf).flatMap(fieldsOf),
    ...schemasOf(schema.oneOf).flatMap(fieldsOf),
  ];
}

function objectsIn(schema: Schema): Schema[] {
  if (isSchema(schema.properties)) return [schema];
  if (isSchema(schema.items)) return objectsIn(schema.items);
  return [...schemasOf(schema.anyOf), ...schemasOf(schema.oneOf)].flatMap(objectsIn);
}
