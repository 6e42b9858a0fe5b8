import { m } from '@ainotebook/messages';

/** A mail in words. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** What a letter is made of; all of it is plain text. */
export interface LetterParts {
  /** Also its heading. */
  subject: string;
  paragraphs: string[];
  /** The one thing to do. */
  action?: { label: string; url: string };
  /** Below the line: why it came, and how to stop it. */
  notes: { text: string; url?: string }[];
}

export interface LetterSite {
  locale: 'zh-CN' | 'en';
  /** Name of the site. */
  app: string;
}

/** A letter as plain text and as HTML that needs no picture, no script and no style sheet. */
export function renderLetter(site: LetterSite, parts: LetterParts): Letter {
  const notes = [...parts.notes, { text: m.mail_automatic({ app: site.app }, site) }];
  const whole = { ...parts, notes };
  return { subject: parts.subject, text: asText(whole), html: asHtml(site, whole) };
}

function asText({ paragraphs, action, notes }: LetterParts): string {
  const lines = [...paragraphs];
  if (action) lines.push(`${action.label}\n${action.url}`);
  lines.push('-- ', ...notes.map(({ text, url }) => (url ? `${text}\n${url}` : text)));
  return `${lines.join('\n\n')}\n`;
}

const BUTTON =
  'display:inline-block;padding:12px 22px;border-radius:8px;background:#3d4fa3;color:#ffffff;text-decoration:none;font-weight:600';

function asHtml(site: LetterSite, { subject, paragraphs, action, notes }: LetterParts): string {
  const words = paragraphs.map((text) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`);
  const button = action
    ? `<p style="margin:28px 0"><a href="${escapeHtml(action.url)}" style="${BUTTON}">${escapeHtml(action.label)}</a></p>
<p style="margin:0 0 16px;font-size:13px">${escapeHtml(m.mail_address_hint({}, site))}<br>${link(action.url)}</p>`
    : '';
  const small = notes.map(
    ({ text, url }) =>
      `<p style="margin:0 0 8px;font-size:13px">${escapeHtml(text)}${url ? `<br>${link(url)}` : ''}</p>`,
  );
  return `<!doctype html>
<html lang="${site.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:24px 16px;font:16px/1.6 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif">
<div style="max-width:560px;margin:0 auto;overflow-wrap:anywhere">
<h1 style="margin:0 0 20px;font-size:20px;line-height:1.4">${escapeHtml(subject)}</h1>
${words.join('\n')}
${button}
<hr style="margin:28px 0 20px;border:0;border-top:1px solid #bbbbbb">
${small.join('\n')}
</div>
</body>
</html>
`;
}

const link = (url: string) => `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>`;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
