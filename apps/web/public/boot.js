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
  try {
    const { fontSize, readingWidth, font, density } = JSON.parse(read('preferences') ?? '{}');
    Object.assign(root.dataset, { fontSize, readingWidth, font, density });
  } catch {
    // The app reads it again and puts it right.
  }
  const cookie = /(?:^|; )locale=(zh-CN|en)(?:;|$)/.exec(document.cookie);
  const preferred = (navigator.languages ?? []).find((tag) => /^(zh|en)\b/i.test(tag));
  root.lang = cookie ? cookie[1] : preferred && /^en/i.test(preferred) ? 'en' : 'zh-CN';
})();
