// Runs before the first paint, so that neither the colours nor the language flash.
(() => {
  const root = document.documentElement;
  let theme = 'system';
  try {
    theme = localStorage.getItem('theme') ?? 'system';
  } catch {
    // Storage may be blocked; the system's theme is used then.
  }
  const dark =
    theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', dark);
  const cookie = /(?:^|; )locale=(zh-CN|en)(?:;|$)/.exec(document.cookie);
  const preferred = (navigator.languages ?? []).find((tag) => /^(zh|en)\b/i.test(tag));
  root.lang = cookie ? cookie[1] : preferred && /^en/i.test(preferred) ? 'en' : 'zh-CN';
})();
