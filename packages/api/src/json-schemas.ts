import * as contract from '@ainotebook/contract';
import { z } from 'zod';

type Json = Record<string, unknown>;
type Side = 'input' | 'output';

/** Answers that have a name of their own in documents. */
const NAMED = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries({
  Article: contract.articleSchema,
  ArticleSummary: contract.articleSummarySchema,
  Backlink: contract.backlinkSchema,
  Conversation: contract.conversationSchema,
  CreatedShare: contract.createdShareSchema,
  CreatedWebhook: contract.createdWebhookSchema,
  Export: contract.exportSchema,
  File: contract.fileSchema,
  ImportItem: contract.importItemSchema,
  ImportSession: contract.importSessionSchema,
  Message: contract.messageSchema,
  Notebook: contract.notebookSchema,
  PublicArticle: contract.publicArticleSchema,
  Publication: contract.publicationSchema,
  PublicProfile: contract.publicProfileSchema,
  Revision: contract.revisionSchema,
  RevisionDiff: contract.revisionDiffSchema,
  RevisionSummary: contract.revisionSummarySchema,
  Schedule: contract.scheduleSchema,
  SearchHit: contract.searchHitSchema,
  Share: contract.shareSchema,
  SystemInfo: contract.systemInfoSchema,
  Tag: contract.tagSchema,
  User: contract.userSchema,
  Webhook: contract.webhookSchema,
  WebhookDelivery: contract.webhookDeliverySchema,
  WebhookDeliverySummary: contract.webhookDeliverySummarySchema,
})) {
  NAMED.add(schema, { id });
}

/** The JSON Schema of what a procedure takes, with nothing left to look up: dates are texts. */
export function inputSchemaOf(input: z.ZodType): Json {
  const { $schema: _none, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema, 'input'),
    unrepresentable: 'any',
  });
  return schema;
}

/**
 * The JSON Schema of one side of a procedure, and whether it may be left out. Parts with a name are added to `parts`
 * and referred to below `base` (`#/components/schemas/`).
 */
export function jsonSchemaOf(
  schema: z.ZodType,
  io: Side,
  { parts, base }: { parts: Record<string, Json>; base: string },
): { schema: Json; isOptional: boolean } {
  // As a part of another: a schema that is asked for by itself is not given by its name.
  const { properties, required, $defs } = z.toJSONSchema(z.object({ it: schema }), {
    io,
    metadata: NAMED,
    override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema, io),
    unrepresentable: 'any',
  });
  const rebased = (part: unknown) =>
    JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', `"${base}`)) as Json;
  for (const [name, part] of Object.entries($defs ?? {})) parts[name] ??= rebased(part);
  return { schema: rebased(properties?.it ?? {}), isOptional: !required?.includes('it') };
}

const isDate = (schema: z.core.$ZodType) => schema._zod.def.type === 'date';

/** What travels as JSON, without what nobody reads. */
function tidy(schema: z.core.$ZodType, json: Json, io: Side): void {
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
