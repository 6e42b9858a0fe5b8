// What the server promises to programs, as the router says it.
import { jsonSchemaOf, listProcedures, scopeOf } from '@ainotebook/api';
import { APP_ERROR_CODES } from '@ainotebook/contract';

/** Every public procedure with its schemas, the parts that they name, and the error codes; `docs` say who fails how. */
export function presentContract(docs) {
  const parts = {};
  const toJson = (schema, io) => jsonSchemaOf(schema, io, { parts, base: '#/parts/' });
  const procedures = {};
  for (const { path, type, meta, input, output, isStream } of listProcedures()) {
    if (!meta.isPublic) continue;
    const taken = input && toJson(input, 'input');
    const { throws } = docs[path];
    procedures[path] = {
      // Of a stream, `output` is what each part of it is.
      kind: isStream ? `${type} stream` : type,
      scope: scopeOf(meta.scope, type) ?? null,
      rest: meta.rest ?? null,
      tool: meta.mcp?.name ?? null,
      errors: APP_ERROR_CODES.filter((code) => throws.match(/[a-z_]+/g)?.includes(code)),
      input: taken?.schema ?? null,
      isInputOptional: taken === null || taken.isOptional,
      output: output.def.type === 'void' ? null : toJson(output, 'output').schema,
    };
  }
  return { errors: [...APP_ERROR_CODES], parts, procedures };
}

const WIDTH = 100;

/** JSON for people: what fits into a line is one. */
export function contractText(value, indent = '') {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const inner = `${indent}  `;
  const members = isList
    ? value.map((each) => [each, ''])
    : Object.entries(value).map(([key, each]) => [each, `${JSON.stringify(key)}: `]);
  if (members.length === 0) return open + close;
  const flat = members.map(([each, key]) => key + contractText(each));
  const line = isList ? `[${flat.join(', ')}]` : `{ ${flat.join(', ')} }`;
  if (indent.length + line.length <= WIDTH && !line.includes('\n')) return line;
  const lines = members.map(([each, key]) => inner + key + contractText(each, inner));
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
