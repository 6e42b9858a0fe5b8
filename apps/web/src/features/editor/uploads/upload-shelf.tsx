import { m } from '@ainotebook/messages';
import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { bytesText } from '../../../lib/bytes.js';
import { Button, IconButton } from '../../../ui/button.js';
import { inputClass } from '../../../ui/field.js';
import { uploadErrorText } from './upload-words.js';
import type { Upload } from './use-uploads.js';

interface UploadShelfProps {
  uploads: readonly Upload[];
  onRetry: (upload: Upload) => void;
  onRemove: (upload: Upload) => void;
  /** What the picture with this address shows. */
  onDescribe: (url: string, alt: string) => void;
}

/** Files on their way into the note: how far they are, what went wrong, and what the pictures show. */
export function UploadShelf({ uploads, ...on }: UploadShelfProps) {
  return (
    <section aria-label={m.upload_region()} className="max-h-[40dvh] overflow-y-auto bg-paper-2">
      <ul className="mx-auto w-full max-w-(--reading-width) divide-y divide-line px-5 md:px-10">
        {uploads.map((upload) => (
          <Row
            key={upload.key}
            upload={upload}
            onRetry={() => on.onRetry(upload)}
            onRemove={() => on.onRemove(upload)}
            onDescribe={on.onDescribe}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  upload: Upload;
  onRetry: () => void;
  onRemove: () => void;
  onDescribe: (url: string, alt: string) => void;
}

function Row({ upload, onRetry, onRemove, onDescribe }: RowProps) {
  const { file, state } = upload;
  const name = file.name || m.upload_unnamed();
  const percent = state.kind === 'sending' ? Math.round(state.share * 100) : 100;
  return (
    <li className="grid gap-2 py-3">
      <div className="flex items-center gap-3">
        <span className="min-w-0 flex-1 truncate text-sm">{name}</span>
        <span role="status" className="shrink-0 text-[0.8125rem] text-ink-3 tabular-nums">
          {state.kind === 'sending' && percent < 100 && `${percent}%`}
          {state.kind === 'sending' && percent === 100 && m.upload_working()}
          {state.kind === 'done' && m.upload_done()}
        </span>
        {state.kind === 'failed' && (
          <Button size="sm" onClick={onRetry}>
            {m.common_retry()}
          </Button>
        )}
        <IconButton
          label={state.kind === 'sending' ? m.upload_cancel({ name }) : m.common_close()}
          onClick={onRemove}
        >
          <X />
        </IconButton>
      </div>
      {state.kind === 'sending' && (
        <progress
          aria-label={m.upload_progress({ name })}
          value={percent}
          max={100}
          className="h-1 w-full overflow-hidden rounded-full accent-accent"
        />
      )}
      {state.kind === 'failed' && (
        <p role="alert" className="text-[0.8125rem] text-danger">
          {uploadErrorText(state.code, state.maxBytes)}
        </p>
      )}
      {state.kind === 'done' && state.sentBytes !== null && (
        <p className="text-[0.8125rem] text-ink-3">
          {m.upload_shrunk({ before: bytesText(file.size), after: bytesText(state.sentBytes) })}
        </p>
      )}
      {state.kind === 'done' && state.stored.mediaType.startsWith('image/') && (
        <Description url={state.stored.url} onDescribe={onDescribe} onDone={onRemove} />
      )}
    </li>
  );
}

interface DescriptionProps {
  url: string;
  onDescribe: (url: string, alt: string) => void;
  onDone: () => void;
}

function Description({ url, onDescribe, onDone }: DescriptionProps) {
  const [alt, setAlt] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (alt.trim() !== '') onDescribe(url, alt.trim());
    onDone();
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      <label className="grid min-w-0 flex-1 basis-56 gap-1 text-[0.8125rem] text-ink-2">
        {m.upload_alt()}
        <input
          value={alt}
          maxLength={300}
          placeholder={m.upload_alt_hint()}
          onChange={(event) => setAlt(event.target.value)}
          className={`${inputClass} h-10 max-md:h-11`}
        />
      </label>
      <Button type="submit" className="max-md:h-11">
        {alt.trim() === '' ? m.upload_alt_skip() : m.common_save()}
      </Button>
    </form>
  );
}
