import { API_RESOURCES, API_SCOPES } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { describe, expect, it } from 'vitest';
import { accessText, RESOURCES, resourceText, scopesOf } from './key-access.js';

describe('what a key may do', () => {
  it('can be chosen for everything there is a scope for, each with a name of its own', () => {
    expect([...RESOURCES].sort()).toEqual([...API_RESOURCES].sort());
    expect(new Set(RESOURCES.map(resourceText)).size).toBe(RESOURCES.length);
    const all = scopesOf(Object.fromEntries(RESOURCES.map((resource) => [resource, 'write'])));
    expect([...all].sort()).toEqual([...API_SCOPES].sort());
  });

  it('includes reading where it includes writing, and nothing that was not chosen', () => {
    expect(scopesOf({ articles: 'write', tags: 'read', files: 'none' })).toEqual([
      'articles:read',
      'articles:write',
      'tags:read',
    ]);
    expect(scopesOf({})).toEqual([]);
  });

  it('is told in one line', () => {
    const text = accessText(['articles:read', 'articles:write', 'tags:read', 'files:write']);
    expect(text.split(' · ')).toEqual([
      m.keys_can_both({ what: m.keys_on_articles() }),
      m.keys_can_read({ what: m.keys_on_tags() }),
      m.keys_can_write({ what: m.keys_on_files() }),
    ]);
    expect(accessText([])).toBe('');
  });
});
