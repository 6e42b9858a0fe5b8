import type { Publication } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Copy, ExternalLink } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { fullTime } from '../../lib/time.js';
import { useDebounced } from '../../lib/use-debounced.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { Skeleton } from '../../ui/states.js';
import { AccessFields } from './access-fields.js';
import { AiFields } from './ai-fields.js';
import { copyLink, usePublication, usePublish, useUnpublish } from './publish-hooks.js';
import {
  type ChosenSettings,
  PublishSettingsFields,
  settingsOf,
  toInput,
} from './publish-settings.js';
import { ScheduleSection } from './schedule-section.js';
import { ShareSection } from './share-section.js';
import { SuggestButton } from './suggest-button.js';

const SLUG = /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u;

interface PublishDialogProps {
  articleId: string;
  onClose: () => void;
  /** Brings the newest text to the server; what is published is what is seen. */
  onBeforePublish: () => Promise<unknown>;
}

export function PublishDialog(props: PublishDialogProps) {
  const publication = usePublication(props.articleId, true);
  if (publication.data === undefined) {
    const skeleton = (
      <div className="grid gap-4">
        <Skeleton className="h-10 w-full" />
        <Skeleton className="h-10 w-full" />
      </div>
    );
    return (
      <Dialog isOpen onClose={props.onClose} title={m.publish_title()}>
        <Loaded query={publication} skeleton={skeleton}>
          {() => null}
        </Loaded>
      </Dialog>
    );
  }
  return <PublishForm {...props} publication={publication.data} />;
}

type SlugState = 'unchanged' | 'auto' | 'invalid' | 'checking' | 'free' | 'taken';

function useSlugState(slug: string, articleId: string, live: string | null): SlugState {
  const settled = useDebounced(slug, 250);
  const isValid = SLUG.test(slug) && slug.length <= LIMITS.slugLength;
  const isAsked = isValid && slug !== live && settled === slug;
  const check = trpc.publications.checkSlug.useQuery(
    { slug, articleId },
    { enabled: isAsked, staleTime: 10_000 },
  );
  // Emptied, a live article keeps its address.
  if (slug === '') return live === null ? 'auto' : 'unchanged';
  if (slug === live) return 'unchanged';
  if (!isValid) return 'invalid';
  if (!check.data) return 'checking';
  return check.data.isAvailable ? 'free' : 'taken';
}

function PublishForm(props: PublishDialogProps & { publication: Publication | null }) {
  const { articleId, publication, onClose } = props;
  const formId = useId();
  const [slug, setSlug] = useState(publication?.slug ?? '');
  const [visibility, setVisibility] = useState(publication?.visibility ?? 'public');
  const [settings, setSettings] = useState<ChosenSettings>(() => settingsOf(publication));
  const [failure, setFailure] = useState<string | null>(null);
  const [isWorking, setIsWorking] = useState(false);
  const publish = usePublish();
  const unpublish = useUnpublish();
  const wanted = slug.trim().toLowerCase();
  const slugState = useSlugState(wanted, articleId, publication?.slug ?? null);
  const provenance = trpc.provenance.get.useQuery({ articleId }, { staleTime: 0 }).data;
  const isChanged =
    publication === null ||
    publication.hasUnpublishedChanges ||
    publication.visibility !== visibility ||
    JSON.stringify(settings) !== JSON.stringify(settingsOf(publication)) ||
    (settings.hasAiLabel && provenance && provenance.level !== publication.aiLevel) ||
    slugState !== 'unchanged';

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isWorking) return;
    setIsWorking(true);
    setFailure(null);
    try {
      await props.onBeforePublish();
      const live = await publish.mutateAsync({
        articleId,
        visibility,
        ...toInput(settings),
        ...(wanted ? { slug: wanted } : {}),
      });
      setSlug(live.slug);
    } catch (error) {
      const isSaving = error instanceof Error && error.name === 'SaveBlocked';
      setFailure(isSaving ? m.publish_not_saved() : errorText(errorInfo(error).code));
    } finally {
      setIsWorking(false);
    }
  }

  const hints: Record<SlugState, string> = {
    unchanged: '',
    auto: m.publish_slug_auto(),
    invalid: '',
    checking: m.publish_slug_checking(),
    free: m.publish_slug_free(),
    taken: '',
  };
  const errors: Partial<Record<SlugState, string>> = {
    invalid: m.publish_slug_invalid(),
    taken: m.error_slug_taken(),
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={publication ? m.publish_live_title() : m.publish_title()}
      description={publication ? undefined : m.publish_lead()}
      footer={
        <>
          {publication && (
            <Button
              variant="ghost"
              className="me-auto text-danger"
              isBusy={unpublish.isPending}
              onClick={() => unpublish.mutate({ articleId }, { onSuccess: onClose })}
            >
              {m.publish_withdraw()}
            </Button>
          )}
          <Button onClick={onClose}>{publication ? m.common_close() : m.common_cancel()}</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            isBusy={isWorking}
            disabled={!isChanged || slugState === 'invalid' || slugState === 'taken'}
          >
            {publication ? m.publish_update() : m.publish_now()}
          </Button>
        </>
      }
    >
      {publication && <LivePanel publication={publication} />}
      <form id={formId} onSubmit={submit} className="grid gap-5">
        {failure && (
          <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
            {failure}
          </p>
        )}
        <TextField
          label={m.publish_address()}
          value={slug}
          maxLength={LIMITS.slugLength}
          autoComplete="off"
          spellCheck={false}
          placeholder={m.publish_slug_placeholder()}
          onChange={(event) => setSlug(event.target.value.replace(/\s+/g, '-'))}
          hint={
            <span aria-live="polite">
              <span className="font-mono text-xs break-all">
                {window.location.origin}/p/{wanted || '…'}
              </span>
              {hints[slugState] && <span className="block">{hints[slugState]}</span>}
            </span>
          }
          error={errors[slugState]}
        />
        <SuggestButton
          articleId={articleId}
          what="slug"
          onBefore={props.onBeforePublish}
          onSuggested={setSlug}
        />
        <Choice
          label={m.publish_visibility()}
          layout="rows"
          value={visibility}
          onChange={setVisibility}
          options={[
            { value: 'public', label: m.publish_public(), hint: m.publish_public_hint() },
            { value: 'unlisted', label: m.publish_unlisted(), hint: m.publish_unlisted_hint() },
          ]}
        />
        <AccessFields
          chosen={settings}
          onChange={(change) => setSettings({ ...settings, ...change })}
        />
        {provenance && (
          <AiFields
            articleId={articleId}
            provenance={provenance}
            hasLabel={settings.hasAiLabel}
            onLabel={(hasAiLabel) => setSettings({ ...settings, hasAiLabel })}
          />
        )}
        <PublishSettingsFields
          settings={settings}
          onChange={setSettings}
          summarise={
            <SuggestButton
              articleId={articleId}
              what="summary"
              onBefore={props.onBeforePublish}
              onSuggested={(excerpt) => setSettings({ ...settings, excerpt })}
            />
          }
        />
      </form>
      <ScheduleSection
        articleId={articleId}
        settings={{ visibility, ...toInput(settings), ...(wanted ? { slug: wanted } : {}) }}
      />
      <ShareSection articleId={articleId} />
    </Dialog>
  );
}

function LivePanel({ publication }: { publication: Publication }) {
  return (
    <div className="mb-5 grid gap-2.5 rounded-xl border border-line bg-paper-2 p-3.5">
      <div className="flex flex-wrap items-center gap-2">
        {publication.isBlocked ? (
          <Badge tone="warn">{m.publish_blocked()}</Badge>
        ) : publication.hasUnpublishedChanges ? (
          <Badge tone="warn">{m.publish_has_changes()}</Badge>
        ) : (
          <Badge tone="good">{m.publish_up_to_date()}</Badge>
        )}
        <span className="text-[0.8125rem] text-ink-3">
          {m.page_views({ count: publication.views })} · {fullTime(publication.updatedAt)}
        </span>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => void copyLink(publication.url)}>
          <Copy aria-hidden className="size-3.5" />
          {m.publish_copy_link()}
        </Button>
        <a
          href={publication.url}
          target="_blank"
          rel="noreferrer"
          className="inline-flex h-8 items-center gap-1.5 rounded-lg border border-line-strong bg-paper px-2.5 text-[0.8125rem] font-medium hover:bg-hover max-md:h-10"
        >
          <ExternalLink aria-hidden className="size-3.5" />
          {m.publish_open()}
        </a>
      </div>
    </div>
  );
}
