import { describe, expect, it } from 'vitest';
import { type LetterContent, writeLetter } from './letters.js';

const url = 'https://notes.test/verify?token=abc&purpose=change';
const notice = { title: '窗口函数', url, settingsUrl: 'https://notes.test/settings' };
const ending = { endsAt: new Date('2026-03-05T12:00:00Z'), graceDays: 3 };
const LETTERS: LetterContent[] = [
  { kind: 'password_reset', url, minutes: 60 },
  { kind: 'email_verification', url, hours: 72 },
  { kind: 'email_change', url, handle: 'anna', hours: 24 },
  { kind: 'invitation', url, name: 'Anna', expiresAt: new Date('2026-03-05T12:00:00Z') },
  { kind: 'password_changed', url },
  { kind: 'email_changed', handle: 'anna' },
  { kind: 'scheduled_published', ...notice },
  { kind: 'scheduled_failed', ...notice, reason: 'taken' },
  { kind: 'publication_blocked', ...notice, note: 'Please name your source.' },
  { kind: 'publication_unblocked', ...notice },
  { kind: 'plan_ending', ...notice, ...ending, days: 7 },
  { kind: 'plan_ending', ...notice, ...ending, days: 0 },
  { kind: 'report_received', ...notice, reason: 'spam' },
];
const site = { locale: 'zh-CN', app: 'Notes & Co' } as const;
const english = { ...site, locale: 'en' } as const;

describe.each(LETTERS.map((content) => [content.kind, content] as const))('%s', (_, content) => {
  it('says the same as text and as HTML, in the language of its reader', () => {
    for (const to of [site, english]) {
      const { subject, text, html } = writeLetter(content, to);
      expect(html).toContain(`<html lang="${to.locale}">`);
      expect(html).toContain('Notes &amp; Co');
      const shown = html
        .replace(/<[^>]*>/g, '')
        .replaceAll('&amp;', '&')
        .replaceAll('&#39;', "'");
      for (const line of text.split('\n').filter((one) => one !== '-- ')) {
        expect(shown).toContain(line);
      }
      expect(subject).not.toBe('');
      const ownWords = `${subject}${text}`.replaceAll('窗口函数', '');
      expect(/\p{Script=Han}/u.test(ownWords)).toBe(to.locale === 'zh-CN');
    }
  });

  it('links nowhere but where it is told', () => {
    const { html } = writeLetter(content, site);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1]);
    const allowed = [url.replace('&', '&amp;'), notice.settingsUrl];
    expect(links.filter((link) => !allowed.includes(link ?? ''))).toEqual([]);
    expect(html).not.toMatch(/<(img|script|style|link|form)\b| src=/);
  });
});

describe('words of people', () => {
  const hostile = `<img src=x onerror="alert('1')">&`;

  it('are never markup', () => {
    for (const content of LETTERS) {
      const words = Object.fromEntries(
        Object.keys(content)
          .filter((key) => ['title', 'note', 'reason', 'name', 'handle'].includes(key))
          .map((key) => [key, hostile]),
      );
      const { html } = writeLetter({ ...content, ...words } as LetterContent, {
        locale: 'en',
        app: hostile,
      });
      expect(html).not.toContain('<img');
      expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
    }
  });

  it('fit into a subject of one line', () => {
    const title = `first\r\nBcc: eve@example.com ${'长'.repeat(200)}`;
    const { subject } = writeLetter({ kind: 'scheduled_published', ...notice, title }, english);
    expect(subject).toMatch(/^“first Bcc: eve@example\.com 长+…” was published on time$/);
    expect([...subject].length).toBeLessThan(120);
    const untitled = { kind: 'scheduled_published', ...notice, title: ' ' } as const;
    expect(writeLetter(untitled, english).subject).toBe('“Untitled” was published on time');
  });
});

it('a letter that can be stopped says where, and one about safety cannot be', () => {
  for (const content of LETTERS) {
    const { text } = writeLetter(content, english);
    expect(text.includes('https://notes.test/settings')).toBe('settingsUrl' in content);
  }
});
