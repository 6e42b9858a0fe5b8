// Questions to one's notes, answered without a model.

async function ask({ page, m }, question) {
  const field = page.getByRole('textbox', { name: m.chat_question });
  await field.fill(question);
  await field.press('Enter');
  await page.getByRole('button', { name: m.chat_regenerate, exact: true }).waitFor();
}
const ABOUT = { 'zh-CN': '六大茶类怎么分？', en: 'Which status code means a conflict?' };

/** @type {import('../screens.mjs').Screen[]} */
export const CHAT = [
  { name: 'chat', who: 'member', path: '/chat' },
  {
    name: 'chat-answer',
    who: 'member',
    path: '/chat',
    open: (visit) => ask(visit, ABOUT[visit.locale]),
  },
  {
    name: 'chat-nothing',
    who: 'member',
    path: '/chat',
    open: (visit) => ask(visit, 'qqzzxx'),
  },
];
