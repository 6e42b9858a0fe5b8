import type { ApiResource, ApiScope } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';

/** How far a key reaches into one kind of thing. Writing alone is for programs that ask for it by the API. */
export type KeyAccess = 'none' | 'read' | 'write';

/** In the order in which they are asked for: what most programs are for comes first. */
export const RESOURCES: readonly ApiResource[] = [
  'articles',
  'notebooks',
  'tags',
  'search',
  'conversations',
  'assist',
  'files',
  'publications',
  'shares',
  'imports',
  'exports',
  'webhooks',
  'account',
];

export function resourceText(resource: ApiResource): string {
  switch (resource) {
    case 'account':
      return m.keys_on_account();
    case 'articles':
      return m.keys_on_articles();
    case 'assist':
      return m.keys_on_assist();
    case 'conversations':
      return m.keys_on_conversations();
    case 'exports':
      return m.keys_on_exports();
    case 'files':
      return m.keys_on_files();
    case 'imports':
      return m.keys_on_imports();
    case 'notebooks':
      return m.keys_on_notebooks();
    case 'publications':
      return m.keys_on_publications();
    case 'search':
      return m.keys_on_search();
    case 'shares':
      return m.keys_on_shares();
    case 'tags':
      return m.keys_on_tags();
    case 'webhooks':
      return m.keys_on_webhooks();
  }
}

const GRANTS = { none: [], read: ['read'], write: ['read', 'write'] } as const;

/** Who may write may also read. */
export function scopesOf(access: Readonly<Partial<Record<ApiResource, KeyAccess>>>): ApiScope[] {
  return RESOURCES.flatMap((resource) =>
    GRANTS[access[resource] ?? 'none'].map((way): ApiScope => `${resource}:${way}`),
  );
}

/** What a key opens, in one line: "Reads and writes notes, tags; reads files". */
export function accessText(scopes: readonly ApiScope[]): string {
  const names = (isWanted: (reads: boolean, writes: boolean) => boolean) =>
    RESOURCES.filter((resource) =>
      isWanted(scopes.includes(`${resource}:read`), scopes.includes(`${resource}:write`)),
    )
      .map(resourceText)
      .join(m.keys_comma());
  const both = names((reads, writes) => reads && writes);
  const reading = names((reads, writes) => reads && !writes);
  const writing = names((reads, writes) => !reads && writes);
  return [
    both && m.keys_can_both({ what: both }),
    reading && m.keys_can_read({ what: reading }),
    writing && m.keys_can_write({ what: writing }),
  ]
    .filter(Boolean)
    .join(' · ');
}
