// Listens for webhooks, checks who sent them and prints what they tell.
// WEBHOOK_SECRET=whsec_... node examples/webhook-receiver.mjs 8080
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { verifyWebhook } from '@ainotebook/sdk/webhooks';

const secret = process.env.WEBHOOK_SECRET ?? '';
const port = Number(process.argv[2] ?? 8080);

/** What was done already: a delivery whose answer was lost arrives again with its id. A database would keep this. */
const done = new Set();

const server = createServer(async (request, response) => {
  try {
    // The very bytes: JSON that was parsed and written again has another signature.
    const event = await verifyWebhook(await buffer(request), request.headers, secret);
    if (!done.has(event.id)) {
      done.add(event.id);
      await handle(event);
    }
    response.writeHead(204).end();
  } catch (error) {
    const isRefused = error instanceof Error && error.name === 'WebhookVerificationError';
    console.error(isRefused ? `refused: ${error.message}` : error);
    // Anything but 2xx: what failed here is sent again.
    response.writeHead(isRefused ? 400 : 500).end();
  }
});
server.listen(port, () => console.log(`listening on ${port}`));

/** @param {import('@ainotebook/sdk/webhooks').VerifiedWebhook} event */
async function handle(event) {
  switch (event.type) {
    case 'article.published':
    case 'article.updated':
      console.log(`${event.type}: ${event.data.title} at ${event.data.url}`);
      break;
    case 'article.unpublished':
    case 'article.deleted':
      console.log(`${event.type}: ${event.data.title}`);
      break;
    // Newer servers send more.
    default:
      console.log(event.type);
  }
}
