// A page of any origin that asks the notes by an API key. Whoever runs this page could read the key: serve it yourself.
// The server lets it in unless its CORS_ORIGINS says otherwise. Scopes: conversations:read, conversations:write.
import { AbortError, ApiError, createClient } from '@ainotebook/sdk';

function find<E extends Element>(selector: string): E {
  const element = document.querySelector<E>(selector);
  if (!element) throw new Error(`${selector} is not in the page`);
  return element;
}
const form = find<HTMLFormElement>('form');
const ask = find<HTMLButtonElement>('button[type=submit]');
const stop = find<HTMLButtonElement>('button[name=stop]');
const answer = find('output');
const citations = find('ol');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const leaving = new AbortController();
  stop.onclick = () => leaving.abort();
  [ask.disabled, stop.disabled] = [true, false];
  answer.textContent = '';
  citations.replaceChildren();
  try {
    // The key stays in this page's memory.
    const notes = createClient({
      baseUrl: String(data.get('server')),
      auth: String(data.get('key')),
    });
    const question = String(data.get('question'));
    for await (const event of notes.conversations.chat({ question }, { signal: leaving.signal })) {
      if (event.type === 'text') answer.append(event.text);
      if (event.type !== 'end') continue;
      answer.textContent = event.message.content || 'The notes do not say.';
      for (const { title, excerpt } of event.message.citations) {
        const item = document.createElement('li');
        item.textContent = `${title}: ${excerpt}`;
        citations.append(item);
      }
    }
  } catch (error) {
    if (!(error instanceof AbortError)) answer.textContent = wordsFor(error);
  } finally {
    [ask.disabled, stop.disabled] = [false, true];
  }
});

/** Codes are stable, messages are not. */
function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return 'There is no answer from this server.';
  switch (error.code) {
    case 'unauthenticated':
      return 'This key is not known, or has ended.';
    case 'forbidden':
      return 'This key may not ask.';
    case 'rate_limited':
      return 'Too many questions: wait a little.';
    default:
      return `It did not work: ${error.code}.`;
  }
}
