import { z } from 'zod';

type Json = Record<string, unknown>;

/** The JSON Schema of what a procedure takes: dates are texts. */
export function inputSchemaOf(input: z.ZodType): Json {
  const { $schema: _none, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => tidySchema(zodSchema, jsonSchema, 'input'),
    unrepresentable: 'any',
  });
  return schema;
}

/** For `override` of `z.toJSONSchema`: what travels as JSON, without what nobody reads. */
export function tidySchema(schema: z.core.$ZodType, json: Json, io: 'input' | 'output'): void {
  const isDate = (one: z.core.$ZodType) => one._zod.def.type === 'date';
  const options = schema instanceof z.ZodUnion ? schema.options : [];
  if (isDate(schema) || options.some((option) => isDate(option as z.core.$ZodType))) {
    for (const key of Object.keys(json)) delete json[key];
    Object.assign(json, { type: 'string', format: 'date-time' });
  }
  // The format says it; the pattern is longer than all the rest.
  if (json.format === 'uuid') delete json.pattern;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  // A newer server may answer more.
  if (io === 'output' && json.additionalProperties === false) delete json.additionalProperties;
}
