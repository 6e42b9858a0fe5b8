import type { Locale } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { html } from './html.js';
import { layout, type Site } from './layout.js';
import { words } from './words.js';

function texts(status: number, locale: Locale, requestId: string): { title: string; text: string } {
  const to = { locale };
  const more = words(locale);
  if (status === 404) {
    return { title: m.page_not_found_title({}, to), text: m.page_not_found_text({}, to) };
  }
  if (status === 410) return { title: m.page_gone_title({}, to), text: m.page_gone_text({}, to) };
  if (status === 429) return { title: more.tooMany, text: more.tooManyText };
  if (status < 500) return { title: more.badAddress, text: m.page_not_found_text({}, to) };
  return { title: m.page_error_title({}, to), text: m.page_error_text({ requestId }, to) };
}

/** A page for an error; one for what is absent and for what is not the reader's to see. */
export function errorPage(
  site: Site,
  locale: Locale,
  error: { status: number; requestId: string; authorHandle?: string },
): string {
  const { title, text } = texts(error.status, locale, error.requestId);
  const { authorHandle } = error;
  return layout(site, {
    locale,
    title,
    isHidden: true,
    body: html`<h1>${title}</h1>
<p>${text}</p>
${authorHandle && html`<p><a href="/u/${authorHandle}">${m.page_articles_of({ name: authorHandle }, { locale })}</a></p>`}
<p><a href="/">${m.page_home({}, { locale })}</a></p>`,
  });
}
