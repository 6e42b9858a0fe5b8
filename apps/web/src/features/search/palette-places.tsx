import { m } from '@ainotebook/messages';
import { useNavigate } from '@tanstack/react-router';
import {
  Archive,
  CloudUpload,
  Files,
  Folder,
  Globe,
  Hash,
  House,
  Search,
  Settings,
  SunMoon,
  Tags,
  Trash2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { toggleTheme } from '../../lib/theme.js';
import { useNotebooks } from '../notebooks/notebook-hooks.js';
import { useTags } from '../tags/tag-hooks.js';

/** A line of the palette. */
export interface Choice {
  key: string;
  group: string;
  icon: ReactNode;
  title: ReactNode;
  detail?: ReactNode;
  aside?: string;
  run: () => void;
}

type Place = Choice & { title: string };

/** Notebooks and tags of one name, each. */
const MOST_NAMED = 4;

/** Where the palette leads besides notes: everything while nothing is typed, then what is called so. */
export function usePlaces(typed: string): Choice[] {
  const navigate = useNavigate();
  const { data: notebooks = [] } = useNotebooks();
  const { data: tags = [] } = useTags();
  const action = (key: string, icon: ReactNode, title: string, run: () => void): Place => ({
    key,
    group: m.search_group_actions(),
    icon,
    title,
    run,
  });
  const actions = [
    action('home', <House />, m.nav_home(), () => void navigate({ to: '/home' })),
    action('notes', <Files />, m.nav_all(), () => void navigate({ to: '/notes', search: {} })),
    action('search', <Search />, m.find_help(), () => void navigate({ to: '/search', search: {} })),
    action('tags', <Tags />, m.tags_all(), () => void navigate({ to: '/tags' })),
    action('published', <Globe />, m.nav_published(), () => void navigate({ to: '/published' })),
    action(
      'archived',
      <Archive />,
      m.nav_archived(),
      () => void navigate({ to: '/notes', search: { view: 'archived' } }),
    ),
    action(
      'trash',
      <Trash2 />,
      m.nav_trash(),
      () => void navigate({ to: '/notes', search: { view: 'trash' } }),
    ),
    action(
      'import',
      <CloudUpload />,
      m.import_title(),
      () => void navigate({ to: '/import', search: {} }),
    ),
    action('sync', <CloudUpload />, m.sync_title(), () => void navigate({ to: '/sync' })),
    action('settings', <Settings />, m.nav_settings(), () => void navigate({ to: '/settings' })),
    action('theme', <SunMoon />, m.page_theme_toggle(), toggleTheme),
  ];
  if (typed === '') return actions;
  const wanted = typed.toLocaleLowerCase();
  const isWanted = (name: string) => name.toLocaleLowerCase().includes(wanted);
  return [
    ...notebooks
      .filter(({ name }) => isWanted(name))
      .slice(0, MOST_NAMED)
      .map(({ id, name }) => ({
        key: id,
        group: m.palette_notebooks(),
        icon: <Folder />,
        title: name,
        run: () => void navigate({ to: '/notes', search: { notebook: id } }),
      })),
    ...tags
      .filter(({ name }) => isWanted(name))
      .slice(0, MOST_NAMED)
      .map(({ id, name }) => ({
        key: id,
        group: m.palette_tags(),
        icon: <Hash />,
        title: name,
        run: () => void navigate({ to: '/notes', search: { tag: name } }),
      })),
    ...actions.filter(({ title }) => isWanted(title)),
  ];
}
