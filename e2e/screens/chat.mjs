// Questions to one's notes, answered without a model.

async function ask({ page, m }, question) {
  const field = page.getByRole('textbox', { name: m.chat_question });
  await field.fill(question);
  await field.press('Enter');
  await page.getByRole('button', { name: m.chat_regenerate, exact: true }).waitFor();
}
const ABOUT = { 'zh-CN': '黑茶的渥堆是什么发酵？', en: 'Which status code means a conflict?' };

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
    name: 'chat-pick',
    who: 'member',
    path: '/chat',
    async open({ page, m }) {
      await page.getByRole('button', { name: new RegExp(`^${m.chat_scope}`) }).click();
      await page.getByRole('menuitem', { name: m.chat_scope_pick, exact: true }).click();
      await page.getByRole('checkbox').first().check();
    },
    leave: ({ page }) => page.keyboard.press('Escape'),
  },
  {
    name: 'chat-open-note',
    who: 'member',
    path: '/chat',
    async open(visit) {
      const { page, m } = visit;
      await ask(visit, ABOUT[visit.locale]);
      await page.getByRole('article').getByRole('link', { name: '[1]' }).first().click();
      await page.getByRole('link', { name: m.chat_open_note }).click();
      await page.waitForFunction(
        () => document.querySelector('main .ProseMirror') && CSS.highlights.has('quote'),
      );
    },
  },
  {
    name: 'chat-nothing',
    who: 'member',
    path: '/chat',
    open: (visit) => ask(visit, 'qqzzxx'),
  },
];
