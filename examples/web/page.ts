// A page without a framework: signs in, and lists the notes.
import { ApiError, createClient } from '@ainotebook/sdk';

const guest = createClient({ baseUrl: location.origin });

function find<E extends Element>(selector: string): E {
  const element = document.querySelector<E>(selector);
  if (!element) throw new Error(`${selector} is not in the page`);
  return element;
}
const form = find<HTMLFormElement>('form');
const status = find('output');
const list = find('ul');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const [email, password] = [String(data.get('email')), String(data.get('password'))];
  try {
    // The session ends with the page: nothing of it is stored where another script could find it.
    const notes = guest.withSession(await guest.auth.login({ email, password, session: 'token' }));
    form.remove();
    for await (const { title } of notes.articles.list({ limit: 50 })) {
      const item = document.createElement('li');
      item.textContent = title;
      list.append(item);
    }
    status.textContent = `${list.children.length} notes`;
  } catch (error) {
    const isWrong = error instanceof ApiError && error.code === 'invalid_credentials';
    status.textContent = isWrong ? 'Email or password is wrong.' : 'Please try again.';
  }
});
