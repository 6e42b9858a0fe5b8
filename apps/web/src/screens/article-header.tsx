import type { ArticleStatus } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import {
  Archive,
  ArchiveRestore,
  ChevronLeft,
  Download,
  Ellipsis,
  Eye,
  FileCode2,
  FileText,
  Folder,
  FolderInput,
  Globe,
  History,
  ListTree,
  Maximize2,
  MessageCircleQuestion,
  Minimize2,
  Pencil,
  Pin,
  PinOff,
  Search,
  Sparkles,
  Trash2,
} from 'lucide-react';
import { WordCount } from '../features/editor/article-pane.js';
import type { SaveRunner } from '../features/editor/save-runner.js';
import { SaveStatusOf } from '../features/editor/save-status.js';
import { useSaveState } from '../features/editor/use-article-session.js';
import { useLayout } from '../features/shell/layout-context.js';
import { shortcutLabel } from '../lib/keys.js';
import { Button, IconButton } from '../ui/button.js';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.js';
import { PageTitle } from '../ui/page-title.js';

interface ArticleHeaderProps {
  runner: SaveRunner;
  notebookName: string | null;
  status: ArticleStatus;
  isPinned: boolean;
  isTrashed: boolean;
  isNew: boolean;
  isPreview: boolean;
  onPreview: () => void;
  isSource: boolean;
  onSource: () => void;
  isOutlineShown: boolean;
  onOutline: () => void;
  onFind: () => void;
  onPanel: (panel: 'publish' | 'history' | 'notebook' | 'conflict' | 'export' | 'suggest') => void;
  onBack: () => void;
  onPin: (isPinned: boolean) => void;
  onArchive: (isArchived: boolean) => void;
  onAsk: () => void;
  onTrash: () => void;
}

/** Where the article is, how it is saved, and what can be done with it. */
export function ArticleHeader(props: ArticleHeaderProps) {
  const { runner, isPreview, isNew, isTrashed, onPanel } = props;
  const state = useSaveState(runner);
  const layout = useLayout();
  const isArchived = props.status === 'archived';
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b border-line px-2 md:px-4">
      <PageTitle title={state.text.title.trim() || m.article_untitled()} className="sr-only" />
      <IconButton label={m.article_back_to_list()} onClick={props.onBack} className="md:hidden">
        <ChevronLeft />
      </IconButton>
      <button
        type="button"
        disabled={isNew || isTrashed}
        title={m.article_move_title()}
        onClick={() => onPanel('notebook')}
        className="flex h-8 max-w-44 min-w-0 items-center gap-1.5 rounded-lg px-2 text-[0.8125rem] text-ink-2 enabled:hover:bg-hover max-md:hidden"
      >
        <Folder aria-hidden className="size-3.5 shrink-0 text-ink-3" />
        <span className="truncate">{props.notebookName ?? m.article_no_notebook()}</span>
      </button>
      <SaveStatusOf runner={runner} onResolve={() => onPanel('conflict')} />
      <div className="ms-auto flex shrink-0 items-center gap-1">
        <WordCount runner={runner} />
        <IconButton
          label={`${isPreview ? m.editor_write() : m.editor_preview()} (${shortcutLabel('mod+alt+p')})`}
          isActive={isPreview}
          onClick={props.onPreview}
        >
          {isPreview ? <Pencil /> : <Eye />}
        </IconButton>
        <IconButton
          label={m.outline_title()}
          shortcut="mod+alt+o"
          isActive={props.isOutlineShown}
          onClick={props.onOutline}
          className="max-md:hidden"
        >
          <ListTree />
        </IconButton>
        <IconButton
          label={m.history_title()}
          disabled={isNew}
          onClick={() => onPanel('history')}
          className="max-md:hidden"
        >
          <History />
        </IconButton>
        <IconButton
          label={`${layout.isFocusMode ? m.focus_mode_end() : m.focus_mode()} (${shortcutLabel('mod+.')})`}
          isActive={layout.isFocusMode}
          onClick={layout.toggleFocusMode}
          className="max-md:hidden"
        >
          {layout.isFocusMode ? <Minimize2 /> : <Maximize2 />}
        </IconButton>
        {!isTrashed && (
          <Button
            size="sm"
            variant={props.status === 'published' ? 'outline' : 'primary'}
            disabled={isNew}
            onClick={() => onPanel('publish')}
            className="mx-1"
          >
            <Globe aria-hidden className="size-3.5" />
            <span className="max-md:sr-only">
              {props.status === 'published' ? m.article_status_published() : m.publish_now()}
            </span>
          </Button>
        )}
        <Menu
          trigger={
            <IconButton label={m.article_actions()}>
              <Ellipsis />
            </IconButton>
          }
        >
          <MenuItem
            icon={props.isPinned ? <PinOff /> : <Pin />}
            isDisabled={isNew || isTrashed}
            onSelect={() => props.onPin(!props.isPinned)}
          >
            {props.isPinned ? m.article_unpin() : m.article_pin()}
          </MenuItem>
          <MenuItem
            icon={<FolderInput />}
            isDisabled={isNew || isTrashed}
            onSelect={() => onPanel('notebook')}
          >
            {m.common_move_to()}
          </MenuItem>
          <MenuItem
            icon={<Search />}
            isDisabled={isPreview}
            onSelect={props.onFind}
            shortcut={shortcutLabel('mod+f')}
          >
            {m.find_in_note()}
          </MenuItem>
          <MenuItem
            icon={<ListTree />}
            onSelect={props.onOutline}
            shortcut={shortcutLabel('mod+alt+o')}
          >
            {m.outline_title()}
          </MenuItem>
          <MenuItem icon={<History />} isDisabled={isNew} onSelect={() => onPanel('history')}>
            {m.history_title()}
          </MenuItem>
          <MenuItem
            icon={props.isSource ? <FileText /> : <FileCode2 />}
            onSelect={props.onSource}
            shortcut={shortcutLabel('mod+alt+m')}
          >
            {props.isSource ? m.editor_rich() : m.editor_source()}
          </MenuItem>
          <MenuItem
            icon={<MessageCircleQuestion />}
            isDisabled={isNew || isTrashed}
            onSelect={props.onAsk}
          >
            {m.article_ask()}
          </MenuItem>
          <MenuItem
            icon={<Sparkles />}
            isDisabled={isNew || isTrashed}
            onSelect={() => onPanel('suggest')}
          >
            {m.article_suggest()}
          </MenuItem>
          <MenuItem icon={<Download />} onSelect={() => onPanel('export')}>
            {m.article_export()}
          </MenuItem>
          <MenuItem
            icon={isArchived ? <ArchiveRestore /> : <Archive />}
            isDisabled={isNew || isTrashed || props.status === 'published'}
            onSelect={() => props.onArchive(!isArchived)}
          >
            {isArchived ? m.article_unarchive() : m.article_archive()}
          </MenuItem>
          <MenuSeparator />
          <MenuItem
            icon={<Trash2 />}
            isDanger
            isDisabled={isNew || isTrashed}
            onSelect={props.onTrash}
          >
            {m.article_trash()}
          </MenuItem>
        </Menu>
      </div>
    </header>
  );
}
