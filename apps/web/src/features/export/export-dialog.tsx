import { m } from '@ainotebook/messages';
import {
  FileArchive,
  FileCode2,
  FileText,
  FileType2,
  type LucideIcon,
  MessageSquareText,
  Printer,
} from 'lucide-react';
import { useState } from 'react';
import { downloadBlob, downloadNote, downloadText, fileNameOf } from '../../lib/download.js';
import { errorText } from '../../lib/errors.js';
import { getLocaleOfPage } from '../../lib/locale.js';
import { trpc } from '../../trpc.js';
import { Dialog } from '../../ui/dialog.js';
import { toast } from '../../ui/toast.js';
import { withAiHead } from './ai-head.js';
import { type PasteTarget, toPasteHtml } from './copy-rich-text.js';
import { DocumentRefused, type LoadedDocument, loadDocument } from './load-document.js';

/** A file of this server that the text names. */
const OWN_FILE = /\/api\/files\/[\da-f]{8}-/i;

interface ExportDialogProps {
  articleId: string;
  /** As it stands in the editor. */
  text: { title: string; content: string };
  /** The server makes the others, of what it has. */
  isSaved: boolean;
  onClose: () => void;
}

/** What a note can be taken away as. */
export function ExportDialog({ articleId, text, isSaved, onClose }: ExportDialogProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [hasLabel, setHasLabel] = useState(true);
  const provenance = trpc.provenance.get.useQuery(
    { articleId },
    { enabled: isSaved, staleTime: 0 },
  );
  const level = provenance.data?.level ?? 'none';
  const hasPdf = trpc.system.info.useQuery().data?.hasPdf ?? false;
  const addressOf = (format: 'html' | 'docx' | 'pdf' | 'zip') =>
    `/api/exports/notes/${articleId}.${format}?lang=${getLocaleOfPage()}${hasLabel ? '' : '&label=0'}`;
  const hasFiles = isSaved && OWN_FILE.test(text.content);

  async function copy(target: PasteTarget): Promise<void> {
    setIsBusy(true);
    const answer = loadDocument(`${addressOf('html')}&inline=1&pictures=plain`);
    const page = answer.then(async ({ blob }) =>
      new DOMParser().parseFromString(await blob.text(), 'text/html'),
    );
    const blob = (type: string, of: (page: Document) => string) =>
      page.then((loaded) => new Blob([of(loaded)], { type }));
    try {
      // As promises: Safari writes only within the click itself.
      await navigator.clipboard.write([
        new ClipboardItem({
          'text/html': blob('text/html', (loaded) => toPasteHtml(loaded, target)),
          'text/plain': blob(
            'text/plain',
            (loaded) => loaded.querySelector('main')?.textContent ?? '',
          ),
        }),
      ]);
      toast.success(m.export_copied());
      tellLeftOut(await answer);
      onClose();
    } catch {
      toast.error(m.export_copy_failed());
    } finally {
      setIsBusy(false);
    }
  }

  function print(): void {
    // Opened at once: a browser blocks windows that come later than the click.
    const page = window.open(`${addressOf('html')}&inline=1`);
    if (!page) {
      toast.error(m.export_print_blocked());
      return;
    }
    page.addEventListener('load', () => {
      const isBroken = ({ complete, naturalWidth }: HTMLImageElement) =>
        complete && naturalWidth === 0;
      tellLeftOut({ leftOut: [...page.document.images].filter(isBroken).length });
      page.print();
    });
    onClose();
  }

  async function download(format: 'html' | 'docx' | 'pdf'): Promise<void> {
    setIsBusy(true);
    try {
      const made = await loadDocument(addressOf(format));
      downloadBlob(fileNameOf(text.title, format), made.blob);
      tellLeftOut(made);
      onClose();
    } catch (error) {
      toast.error(errorText(error instanceof DocumentRefused ? error.code : 'internal'));
      setIsBusy(false);
    }
  }

  function downloadArchive(): void {
    // By the browser itself, which writes it as it comes: it may be large.
    const link = document.createElement('a');
    link.href = addressOf('zip');
    link.download = '';
    link.click();
    onClose();
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={m.export_title()}
      description={m.export_hint()}
      size="sm"
    >
      {level !== 'none' && (
        <div className="mb-2 border-b border-line px-3 pb-3">
          <label className="flex cursor-pointer items-center gap-2.5 text-sm max-md:min-h-11">
            <input
              type="checkbox"
              checked={hasLabel}
              onChange={(event) => setHasLabel(event.target.checked)}
              className="size-4 shrink-0 accent-accent"
            />
            {m.origin_label_export()}
          </label>
        </div>
      )}
      <ul aria-busy={isBusy} className="grid gap-1">
        {hasFiles && (
          <Row
            icon={FileArchive}
            label={m.export_archive()}
            hint={m.export_archive_hint()}
            isDisabled={isBusy}
            onSelect={downloadArchive}
          />
        )}
        <Row
          icon={FileCode2}
          label="Markdown"
          hint={hasFiles ? m.export_markdown_alone_hint() : m.export_markdown_hint()}
          onSelect={() => {
            if (hasLabel && level !== 'none') {
              downloadText(fileNameOf(text.title), withAiHead(text, level));
            } else downloadNote(text);
            onClose();
          }}
        />
        <Row
          icon={FileText}
          label={m.export_html()}
          hint={m.export_html_hint()}
          isDisabled={isBusy || !isSaved}
          onSelect={() => void download('html')}
        />
        <Row
          icon={FileType2}
          label="Word"
          hint={m.export_docx_hint()}
          isDisabled={isBusy || !isSaved}
          onSelect={() => void download('docx')}
        />
        <Row
          icon={Printer}
          label="PDF"
          hint={hasPdf ? m.export_pdf_file_hint() : m.export_pdf_hint()}
          isDisabled={isBusy || !isSaved}
          onSelect={hasPdf ? () => void download('pdf') : print}
        />
        <Row
          icon={MessageSquareText}
          label={m.export_wechat()}
          hint={m.export_wechat_hint()}
          isDisabled={isBusy || !isSaved}
          onSelect={() => void copy('wechat')}
        />
        <Row
          icon={MessageSquareText}
          label={m.export_zhihu()}
          hint={m.export_zhihu_hint()}
          isDisabled={isBusy || !isSaved}
          onSelect={() => void copy('zhihu')}
        />
      </ul>
    </Dialog>
  );
}

/** A document that lacks pictures says so. */
function tellLeftOut({ leftOut }: Pick<LoadedDocument, 'leftOut'>): void {
  if (leftOut > 0) toast(m.export_left_out({ count: leftOut }));
}

interface RowProps {
  icon: LucideIcon;
  label: string;
  hint: string;
  isDisabled?: boolean;
  onSelect: () => void;
}

function Row({ icon: Icon, label, hint, isDisabled = false, onSelect }: RowProps) {
  return (
    <li>
      <button
        type="button"
        disabled={isDisabled}
        onClick={onSelect}
        className="flex w-full items-center gap-3 rounded-md px-3 py-2.5 text-start hover:bg-paper-3 disabled:opacity-50"
      >
        <Icon aria-hidden className="size-5 shrink-0 stroke-[1.6] text-ink-3" />
        <span className="min-w-0">
          <span className="block text-sm font-medium">{label}</span>
          <span className="block text-[0.8125rem] text-ink-3">{hint}</span>
        </span>
      </button>
    </li>
  );
}
