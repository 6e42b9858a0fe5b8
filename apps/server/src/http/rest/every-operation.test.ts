// One program that uses all of the REST API: no operation is described that does not work as it is described.
import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import { useServer } from '../../test-support.js';
import { document, keyOf, type RestCall, rest } from './test-support.js';

const server = useServer();
type Json = Record<string, unknown>;

it('answers every operation as the document describes it', async () => {
  const anna = await server.register();
  const key = await keyOf(server, anna);
  const done = new Set<string>();
  const call = async (operation: string, more: Omit<RestCall, 'operation'> = {}): Promise<Json> => {
    const answer = await rest(server, key, { operation, ...more });
    expect(answer.status, `${operation} ${answer.text}`).toBeLessThan(300);
    done.add(operation);
    return answer.status === 204 ? {} : answer.json();
  };
  const create = async (title: string, more: Json = {}) =>
    String((await call('post /articles', { body: { title, content: '明前茶', ...more } })).id);

  const notebook = String((await call('post /notebooks', { body: { name: '茶' } })).id);
  const drawer = String((await call('post /notebooks', { body: { name: '抽屉' } })).id);
  await call('get /notebooks');
  await call('get /notebooks/{id}', { params: { id: notebook } });
  const renamed = { data: { name: '茶叶' } };
  await call('patch /notebooks/{id}', { params: { id: notebook }, body: renamed });
  await call('post /notebooks/{id}/move', { params: { id: drawer }, body: { parentId: notebook } });
  await call('delete /notebooks/{id}', { params: { id: drawer }, query: { articles: 'keep' } });

  const id = await create('龙井', { notebookId: notebook, tags: ['绿茶', '杭州'] });
  const linked = await create('西湖', { content: '[[龙井]]' });
  const batch = { items: [{ title: '一' }, { title: '二' }] };
  const { ids } = await call('post /articles/batch', { body: batch });
  await call('patch /articles', { body: { action: 'addTags', ids, tags: ['多'] } });
  const params = { id };
  const { revision } = await call('get /articles/{id}', { params });
  const data = { title: '龙井', content: '雨前茶' };
  await call('put /articles/{id}', { params, body: { baseRevision: revision, data } });
  await call('post /articles/{id}/append', { params, body: { content: '第二泡最香。' } });
  await call('patch /articles/{id}', { params, body: { data: { isPinned: true } } });
  await server.runJobs();
  await call('get /articles', { query: { limit: '2' } });
  await call('get /articles/usage');
  await call('get /articles/{id}/related', { params });
  await call('get /articles/{articleId}/links', { params: { articleId: linked } });
  await call('get /articles/{articleId}/backlinks', { params: { articleId: id } });

  const { items } = await call('get /articles/{articleId}/revisions', {
    params: { articleId: id },
  });
  const [newest, oldest] = (items as { id: string }[]).map((one) => ({ id: one.id }));
  if (!newest || !oldest) throw new Error('two texts have two revisions');
  await call('get /revisions/{id}', { params: oldest });
  await call('get /revisions/{fromId}/diff', { params: { fromId: oldest.id } });
  await call('patch /revisions/{id}', { params: newest, body: { data: { name: '第二泡' } } });
  await call('post /revisions/{id}/restore', { params: oldest });

  const tags = (await rest(server, key, { operation: 'get /tags' })).json() as unknown as {
    id: string;
    name: string;
  }[];
  done.add('get /tags');
  const tag = { id: tags.find(({ name }) => name === '绿茶')?.id ?? '' };
  await call('get /tags/{id}/related', { params: tag });
  await call('patch /tags/{id}', { params: tag, body: { data: { name: '青茶' } } });
  await call('delete /tags/{id}', { params: tag });

  await call('get /search', { query: { q: '明前' } });
  await call('get /search', { query: { q: 'nothing like this' } });
  await call('get /search/titles', { query: { q: 'lj' } });
  await call('post /search/passages', { body: { question: '什么茶最嫩？' } });
  await call('get /search/misses');
  await call('post /search/misses/forget', { body: {} });

  await call('post /ask', { body: { question: '第几泡最香？' } });

  const article = { articleId: id };
  await call('get /assist');
  const prompt = { id: v7(), instruction: '写成诗' };
  await call('post /prompts', { body: prompt });
  await call('get /prompts');
  await call('delete /prompts/{id}', { params: { id: prompt.id } });
  await call('get /plans');
  await call('get /plan');
  await call('post /articles/{id}/suggestions', { params, body: { what: 'tags' } });

  const talk = { id: String((await call('post /conversations', { body: {} })).id) };
  await call('patch /conversations/{id}', { params: talk, body: { title: '泡茶' } });
  const question = { id: v7(), parentId: null, content: '什么茶最嫩？' };
  const { answer } = await call('post /conversations/{conversationId}/messages', {
    params: { conversationId: talk.id },
    body: question,
  });
  const again = { params: { id: (answer as { id: string }).id }, body: { answerId: v7() } };
  const isFinal = async () => {
    const { messages } = await call('get /conversations/{id}', { params: talk });
    return (messages as { status: string }[]).every(({ status }) => status === 'done');
  };
  await expect.poll(isFinal, { timeout: 30_000 }).toBe(true);
  await call('post /messages/{id}/regenerate', again);
  await call('post /messages/{id}/stop', { params: { id: again.body.answerId }, body: {} });
  await call('get /conversations');
  await call('delete /conversations/{id}', { params: talk });

  const source = new FormData();
  source.append('file', new Blob(['# 碧螺春\n\n洞庭山。\n']), '碧螺春.md');
  const headers = { authorization: `Bearer ${key}` };
  const sent = await fetch(`${server.url()}/api/imports`, {
    method: 'POST',
    body: source,
    headers,
  });
  const session = { id: ((await sent.json()) as { id: string }).id };
  await server.runJobs();
  await call('get /imports/{id}', { params: session });
  await call('get /imports/{id}/items', { params: session, query: { result: 'pending' } });
  await call('post /imports/{id}/start', { params: session, body: {} });
  await call('post /imports/{id}/pause', { params: session, body: {} });
  await call('post /imports/{id}/resume', { params: session, body: {} });
  await server.runJobs();
  await call('post /imports/{id}/undo', { params: session, body: {} });
  await server.runJobs();
  await call('delete /imports/{id}', { params: session });
  await call('post /imports', { body: { url: 'https://notes.test/tea' } });
  await call('post /imports/uploads', { body: { name: '普洱.md', size: 6 } });
  await call('get /imports');

  await call('get /slugs/{slug}', { params: { slug: 'longjing' } });
  await call('put /articles/{articleId}/publication', {
    params: article,
    body: { slug: 'longjing' },
  });
  await call('get /articles/{articleId}/publication', { params: article });
  await call('get /publications');
  await call('get /public/articles/{slug}', { params: { slug: 'longjing' } });
  await call('delete /articles/{articleId}/publication', { params: article });
  const publishAt = new Date(Date.now() + 86_400_000).toISOString();
  await call('put /articles/{articleId}/schedule', { params: article, body: { publishAt } });
  await call('get /articles/{articleId}/schedule', { params: article });
  await call('get /schedules');
  await call('delete /articles/{articleId}/schedule', { params: article });

  const share = await call('post /articles/{articleId}/shares', {
    params: article,
    body: { label: '茶友' },
  });
  await call('get /articles/{articleId}/shares', { params: article });
  await call('delete /shares/{id}', { params: { id: String(share.id) } });

  const form = new FormData();
  form.append('file', new Blob(['%PDF-1.7\n'], { type: 'application/pdf' }), 'tea.pdf');
  const upload = { method: 'POST', body: form, headers: { authorization: `Bearer ${key}` } };
  const uploaded = await fetch(`${server.url()}/api/v1/files`, upload);
  expect(uploaded.status).toBe(201);
  done.add('post /files');
  const file = { id: ((await uploaded.json()) as { id: string }).id };
  await call('get /files', { query: { unused: 'true' } });
  await call('get /files/usage');
  await call('get /files/{id}', { params: file });
  await call('delete /files/{id}', { params: file });

  const archive = await call('post /exports', { body: { kind: 'notebook', notebookId: notebook } });
  await call('get /exports');
  await call('delete /exports/{id}', { params: { id: String(archive.id) } });

  const hook = { url: 'https://hooks.example.org/in', events: ['article.deleted'] };
  const webhook = { id: String((await call('post /webhooks', { body: hook })).id) };
  const webhooks = await rest(server, key, { operation: 'get /webhooks' });
  expect(webhooks.json()).toMatchObject([hook]);
  done.add('get /webhooks');
  const more = { data: { events: ['article.published'] } };
  await call('patch /webhooks/{id}', { params: webhook, body: more });
  await call('post /webhooks/{id}/secret', { params: webhook });
  const delivery = { id: String((await call('post /webhooks/{id}/test', { params: webhook })).id) };
  await call('get /webhooks/{webhookId}/deliveries', { params: { webhookId: webhook.id } });
  await call('get /webhook-deliveries/{id}', { params: delivery });
  await call('post /webhook-deliveries/{id}/replay', { params: delivery });
  await call('delete /webhooks/{id}', { params: webhook });

  const trashed = { id: linked };
  await call('delete /articles/{id}', { params: trashed });
  await call('post /articles/{id}/restore', { params: trashed });
  await call('delete /articles/{id}', { params: trashed });
  await call('post /articles/{id}/purge', { params: trashed });
  await call('post /articles/empty-trash');

  await call('get /me');
  await call('patch /me', { body: { data: { bio: '喝茶' } } });
  await call('get /public/users/{handle}', { params: { handle: anna.handle } });
  await call('get /system');

  const described = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.keys(methods).map((method) => `${method} ${address}`),
  );
  expect([...done].sort()).toEqual(described.sort());
}, 60_000);
