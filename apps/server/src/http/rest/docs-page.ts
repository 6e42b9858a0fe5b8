import { AppError } from '@ainotebook/api';
import { APP_ERROR_CODES } from '@ainotebook/contract';
import { statusOf } from '../errors.js';
import { type Html, html, trusted } from '../pages/html.js';
import { cspHash } from '../security-headers.js';
import { DOCS_STYLE } from './docs-style.js';
import type { OpenApiDocument, Operation } from './document.js';
import { titleOf } from './problem.js';
import { fieldsOf, type Schema, typeOf } from './schema-words.js';

/** Nothing runs on the page, and nothing is loaded but its icon. */
export const DOCS_POLICY = [
  "default-src 'none'",
  `style-src ${cspHash(DOCS_STYLE)}`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Listed {
  method: string;
  address: string;
  operation: Operation;
}

/** The document as a page for people. */
export function docsPage(
  document: OpenApiDocument,
  { appName, appUrl }: { appName: string; appUrl: string },
): string {
  const base = document.servers[0]?.url ?? '';
  const listed: Listed[] = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, address, operation })),
  );
  const groups = document.tags.map(({ name }) => ({
    name,
    operations: listed.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const { schemas } = document.components;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>REST API · ${appName}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${trusted(DOCS_STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<nav aria-label="Operations">
<p class="name"><a href="/">${appName}</a></p>
<ul><li><a href="#start">Start</a></li><li><a href="#errors">Errors</a></li><li><a href="#schemas">Schemas</a></li></ul>
${groups.map(({ name, operations }) => html`<p class="group">${name}</p><ul>${operations.map(({ operation }) => html`<li><a href="#${operation.operationId}">${nameOf(operation)}</a></li>`)}</ul>`)}
</nav>
<main id="main">
<h1>REST API</h1>
${start(base, appUrl)}
${groups.map(({ name, operations }) => html`<h2 id="tag-${name}">${name}</h2>${operations.map((one) => operationHtml(one, base))}`)}
${errors()}
<h2 id="schemas">Schemas</h2>
${Object.entries(schemas).map(([name, schema]) => html`<section id="schema-${name}"><h3>${name}</h3>${fields(schema)}</section>`)}
</main>
</body>
</html>
`.text;
}

function start(base: string, appUrl: string): Html {
  return html`<section id="start">
<p>The calls of <code>@ainotebook/sdk</code> as JSON over HTTP. <a href="/api/v1/openapi.json">openapi.json</a> describes
them all, for generators of clients.</p>
<p>Make an API key in <a href="${appUrl}/settings/keys">Settings</a>, and send it with every request:</p>
<pre><code>curl ${base}/articles \\
  -H "Authorization: Bearer $AINOTEBOOK_API_KEY"</code></pre>
<ul>
<li>Each operation names the scope that its key needs.</li>
<li>A key has 300 calls a minute. <code>RateLimit</code> says how many are left, <code>Retry-After</code> when to come back.</li>
<li>Mutations take an <code>Idempotency-Key</code>: with the same key and input they have one effect, and the same answer
for 24 hours.</li>
<li>Lists answer <code>items</code> and <code>nextCursor</code>; send it as <code>cursor</code> for the next page.</li>
<li>An answer that is being written is asked for again, by <code>GET /conversations/{id}</code>, until its <code>status</code> is
neither <code>waiting</code> nor <code>writing</code>; <code>POST /ask</code> waits for it. The SDK streams it.</li>
<li>Dates are ISO 8601 in UTC; null in an address is written <code>null</code>. New fields and new members of an enumeration may come at any time.</li>
</ul>
</section>`;
}

function operationHtml({ method, address, operation }: Listed, base: string): Html {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const scope = operation.security[0]?.apiKey?.[0];
  const [contentType, body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const answer = answerOf(responses);
  return html`<section id="${operationId}">
<h3>${nameOf(operation)}</h3>
<p class="address"><b class="${method}">${method.toUpperCase()}</b> <code>${address}</code></p>
<p>${inline(`${summary}.`)}</p>
${description?.split('\n\n').map((text) => html`<p>${inline(text)}</p>`)}
<p class="scope">${scope ? html`Scope: <code>${scope}</code>` : 'Any key'}</p>
${
  parameters.length > 0 &&
  html`<h4>Parameters</h4><dl>${parameters.map(({ name, in: where, required, schema }) => html`<dt><code>${name}</code> <i>${where}</i>${required && html` <i>required</i>`}</dt><dd>${type(schema)}</dd>`)}</dl>`
}
${body && html`<h4>Body <i>${contentType}</i></h4>${fields(body.schema)}`}
<h4>Answer</h4>
${answer ? fields(answer) : html`<p>204, without content.</p>`}
<pre><code>${curl({ method, address, operation }, base)}</code></pre>
</section>`;
}

/** As the SDK names it: `articles.list`. */
const nameOf = ({ operationId }: Operation): string => operationId.replace('_', '.');

/** A text with names between backticks. */
const inline = (text: string): Html =>
  html`${text.split('`').map((part, nth) => (nth % 2 === 1 ? html`<code>${part}</code>` : part))}`;

function answerOf(responses: Operation['responses']): Schema | undefined {
  const answer = responses[200] as { content?: Record<string, { schema: Schema }> } | undefined;
  return answer?.content?.['application/json']?.schema;
}

function curl({ method, address, operation }: Listed, base: string): string {
  const types = Object.keys(operation.requestBody?.content ?? {});
  const send = types.includes('multipart/form-data')
    ? [`-F file=@picture.jpg`]
    : types.length > 0
      ? [`-H "Content-Type: application/json"`, `-d '{ … }'`]
      : [];
  const verb = method === 'get' ? '' : `-X ${method.toUpperCase()} `;
  return [
    `curl ${verb}"${base}${address}"`,
    `-H "Authorization: Bearer $AINOTEBOOK_API_KEY"`,
    ...send,
  ].join(' \\\n  ');
}

function errors(): Html {
  return html`<h2 id="errors">Errors</h2>
<p>Every error is <code>application/problem+json</code> (RFC 9457). Programs branch on <code>code</code>; <code>detail</code> is for
people and may change; <code>errors</code> names refused fields. Quote <code>requestId</code> to the operator, whose log has it.</p>
<dl class="codes">${APP_ERROR_CODES.map((code) => html`<dt id="error-${code}"><code>${code}</code></dt><dd>${titleOf(code)} · ${statusOf(new AppError(code, ''))}</dd>`)}</dl>`;
}

/** The type in words, with links to what has a name. */
function type(schema: Schema): Html {
  return html`${typeOf(schema).map((part) => (part.ref ? html`<a href="#schema-${part.ref}">${part.text}</a>` : part.text))}`;
}

function fields(schema: Schema): Html {
  const known = fieldsOf(schema);
  if (known.length === 0) return html`<p>${type(schema)}</p>`;
  return html`<dl>${known.map(({ name, schema: field, isRequired, inner }) => html`<dt><code>${name}</code>${isRequired && html` <i>required</i>`}</dt><dd>${type(field)}${inner.map((one) => fields(one))}</dd>`)}</dl>`;
}
