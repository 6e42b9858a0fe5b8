import { m } from '@ainotebook/messages';
import { expect, it } from 'vitest';
import { notificationWords } from './notification-words.js';

const articleId = '0190a000-0000-7000-8000-000000000001';

it('a failure is told with its reason, and with a general one where the code is unknown here', () => {
  const failed = (code: string) =>
    notificationWords({ kind: 'scheduled_failed', data: { articleId, title: '桂林', code } });
  expect(failed('slug_taken').text).toContain(m.error_slug_taken());
  expect(failed('code_of_a_newer_release').text).toContain(m.error_internal());
  expect(failed('constructor').text).toContain(m.error_internal());
});

it('an article without a title is named as such', () => {
  const { title } = notificationWords({
    kind: 'publication_unblocked',
    data: { articleId, title: '' },
  });
  expect(title).toContain(m.article_untitled());
});

it('a closed article comes with what the administrator wrote, and without a line for nothing', () => {
  const closed = (note: string) =>
    notificationWords({ kind: 'publication_blocked', data: { articleId, title: '桂林', note } });
  expect(closed('请注明出处').note).toContain('请注明出处');
  expect(closed('')).not.toHaveProperty('note');
});
