// Runs before the first paint, so that neither colours, sizes nor the language flash.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      // Storage may be blocked; what holds at first is used then.
      return null;
    }
  };
  const theme = read('theme') ?? 'system';
  const dark =
    theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', dark);
  // As lib/theme.ts does later on.
  document
    .querySelector('meta[name="theme-color"]')
    ?.setAttribute('content', dark ? '#110f0d' : '#f4f2ee');
  try {
    const { fontSize, readingWidth, font, density } = JSON.parse(read('preferences') ?? '{}');
    Object.assign(root.dataset, { fontSize, readingWidth, font, density });
  } catch {
    // The app reads it again and puts it right.
  }
  const cookie = /(?:^|; )locale=(zh-CN|en)(?:;|$)/.exec(document.cookie);
  const preferred = (navigator.languages ?? []).find((tag) => /^(zh|en)\b/i.test(tag));
  root.lang = cookie ? cookie[1] : preferred && /^en/i.test(preferred) ? 'en' : 'zh-CN';

  // An app that cannot start says so: a file that did not arrive, a browser too old to read it.
  const say = () => {
    const page = document.getElementById('root');
    if (!page || 'isStarted' in root.dataset) return;
    const isEnglish = root.lang === 'en';
    const text = document.createElement('p');
    text.textContent = isEnglish
      ? 'The page did not load. What you wrote is kept on this device.'
      : '页面没有载入成功。已经写下的文字都在这台设备上。';
    const button = document.createElement('button');
    button.textContent = isEnglish ? 'Reload' : '重新载入';
    button.addEventListener('click', () => location.reload());
    page.replaceChildren(text, button);
    page.setAttribute('role', 'alert');
    page.className = 'start-failed';
  };
  addEventListener(
    'error',
    ({ target }) => {
      if (target === window || target instanceof HTMLScriptElement) say();
    },
    true,
  );
})();
