import type { ArticleSummary } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Suspense, useEffect } from 'react';
import { toServerText } from '../bootstrap.js';
import { useUpdateArticle } from '../features/articles/article-hooks.js';
import type { SaveRunner } from '../features/editor/save-runner.js';
import { useSaveState } from '../features/editor/use-article-session.js';
import { useNotebooks } from '../features/notebooks/notebook-hooks.js';
import { NotebookPicker } from '../features/notebooks/notebook-picker.js';
import { lazyPart } from '../lib/lazy-part.js';
import { trpc } from '../trpc.js';
import { toast } from '../ui/toast.js';
import { RestorePicker } from './restore-picker.js';

const PublishDialog = lazyPart(
  'PublishDialog',
  () => import('../features/publishing/publish-dialog.js'),
);
const loadConflictDialog = () => import('../features/editor/conflict-dialog.js');
const ConflictDialog = lazyPart('ConflictDialog', loadConflictDialog);
const ExportDialog = lazyPart('ExportDialog', () => import('../features/export/export-dialog.js'));
const SuggestDialog = lazyPart(
  'SuggestDialog',
  () => import('../features/editor/assist/suggest-dialog.js'),
);
const HistoryPanel = lazyPart('HistoryPanel', () => import('../features/history/history-panel.js'));

/** What can be open over an article, or beside it; one at a time. */
export type Panel =
  | 'publish'
  | 'history'
  | 'export'
  | 'notebook'
  | 'outline'
  | 'find'
  | 'restore'
  | 'suggest'
  | 'conflict';

interface ArticlePanelsProps {
  runner: SaveRunner;
  panel: Panel | null;
  onClose: () => void;
  notebookId: string | null;
  tags: string[];
  /** The article, where its notebook was deleted under it. */
  lost: ArticleSummary[];
  isNew: boolean;
}

/** The dialogs of an article. */
export function ArticlePanels({ runner, panel, onClose, ...article }: ArticlePanelsProps) {
  const { articleId } = runner;
  const { notebookId, tags, lost, isNew } = article;
  const state = useSaveState(runner);
  const utils = trpc.useUtils();
  const { data: notebooks = [] } = useNotebooks();
  const update = useUpdateArticle();
  // Fetched while there is a network; when it is wanted there may be none.
  useEffect(() => void loadConflictDialog().catch(() => undefined), []);
  const onRestored = async () => {
    const current = await utils.articles.get.fetch({ id: articleId }, { staleTime: 0 });
    runner.dispatch({ type: 'remote', current: toServerText(current) });
    toast.success(m.history_restored());
  };

  return (
    <>
      <NotebookPicker
        isOpen={panel === 'notebook'}
        onClose={onClose}
        title={m.article_move_title()}
        notebooks={notebooks}
        value={notebookId}
        rootLabel={m.article_no_notebook()}
        onPick={(id) => update.mutate({ id: articleId, data: { notebookId: id } })}
      />
      {panel === 'restore' && <RestorePicker ids={[articleId]} lost={lost} onClose={onClose} />}
      <Suspense fallback={null}>
        {panel === 'publish' && (
          <PublishDialog
            articleId={articleId}
            onClose={onClose}
            onBeforePublish={() => runner.flush()}
          />
        )}
        {panel === 'export' && (
          <ExportDialog
            articleId={articleId}
            text={state.text}
            isSaved={!isNew}
            onClose={onClose}
          />
        )}
        {panel === 'suggest' && (
          <SuggestDialog
            articleId={articleId}
            tags={tags}
            onBefore={() => runner.flush()}
            onClose={onClose}
            onTitle={(title) =>
              runner.dispatch({ type: 'edited', text: { ...runner.getState().text, title } })
            }
            onTags={(next) => update.mutate({ id: articleId, data: { tags: next } })}
          />
        )}
        {panel === 'history' && (
          <HistoryPanel
            articleId={articleId}
            currentRevision={state.base}
            onClose={onClose}
            onBeforeRestore={() => runner.flush()}
            onRestored={onRestored}
          />
        )}
        {panel === 'conflict' && state.conflict && !state.isYielding && (
          <ConflictDialog
            mine={state.text}
            conflict={state.conflict}
            onLater={onClose}
            onChoose={(choice) => {
              onClose();
              runner.dispatch({ type: 'choose', choice });
              toast.success(choice === 'mine' ? m.conflict_done_mine() : m.conflict_done_theirs());
            }}
            onMerge={(text) => {
              onClose();
              runner.dispatch({ type: 'choose', choice: 'merged', text });
            }}
          />
        )}
      </Suspense>
    </>
  );
}
