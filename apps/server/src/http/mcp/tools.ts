import type { AppError, Auth, Context } from '@ainotebook/api';
import {
  createCaller,
  inputSchemaOf,
  listProcedures,
  type ProcedureInfo,
  scopeOf,
  toAppError,
} from '@ainotebook/api';
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js';

/** A procedure as a model calls it. */
export interface McpTool extends Tool {
  procedure: ProcedureInfo;
}

/** Every procedure that models may call. */
export function listTools(): McpTool[] {
  return listProcedures().flatMap((procedure) => {
    const { input, meta, type } = procedure;
    if (!meta.mcp) return [];
    const schema = input ? inputSchemaOf(input) : { properties: {} };
    const isQuery = type === 'query';
    return [
      {
        name: meta.mcp.name,
        description: meta.mcp.description,
        inputSchema: { ...schema, type: 'object' as const },
        annotations: { readOnlyHint: isQuery, destructiveHint: false, openWorldHint: false },
        procedure,
      },
    ];
  });
}

/** Whether a caller's key reaches as far as a tool does. */
export function canCall(auth: Auth, { procedure: { meta, type } }: McpTool): boolean {
  const scope = scopeOf(meta.scope, type);
  if (!auth.key || scope === 'any') return true;
  return scope !== undefined && auth.key.scopes.includes(scope);
}

/**
 * Calls the procedure of a tool. What it refuses is a result that the model reads, so that it can do better;
 * `onRefused` is told of it.
 */
export async function callTool(
  {
    ctx,
    signal,
    onRefused,
  }: { ctx: Context; signal: AbortSignal; onRefused: (error: AppError) => void },
  { procedure }: McpTool,
  input: unknown,
): Promise<CallToolResult> {
  const call = procedure.path
    .split('.')
    .reduce<unknown>((node, key) => Reflect.get(Object(node), key), createCaller(ctx, { signal }));
  if (typeof call !== 'function') throw new Error(`${procedure.path} is no procedure`);
  try {
    const data: unknown = await call(procedure.input ? (input ?? {}) : undefined);
    // As it travels: dates are texts.
    const text = JSON.stringify(data ?? null);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return {
      content: [{ type: 'text', text }],
      ...(isObject ? { structuredContent: { ...value } } : {}),
    };
  } catch (thrown) {
    const error = toAppError(thrown);
    onRefused(error);
    return { isError: true, content: [{ type: 'text', text: wordsOf(error) }] };
  }
}

function wordsOf({ code, message, fields = [] }: AppError): string {
  if (code === 'internal') return 'internal: Internal error';
  const refused = fields.map(({ path, message: why }) => `${path}: ${why}`);
  return [`${code}: ${message}`, ...refused].join('\n');
}
