import type { Locale, Publication, PublishSettings } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import type { ReactNode } from 'react';
import { Choice } from '../../ui/choice.js';
import { TextAreaField, TextField } from '../../ui/field.js';
import { type ChosenAccess, readersOf, toAccess } from './access-fields.js';

/** What the author chose, as it stands in the form; empty: automatic. */
export interface ChosenSettings extends ChosenAccess {
  excerpt: string;
  coverUrl: string;
  canonicalUrl: string;
  language: Locale | 'auto';
  hasAiLabel: boolean;
}

export function settingsOf(publication: Publication | null): ChosenSettings {
  return {
    excerpt: publication?.customExcerpt ?? '',
    coverUrl: publication?.coverUrl ?? '',
    canonicalUrl: publication?.canonicalUrl ?? '',
    language: publication?.customLanguage ?? 'auto',
    hasAiLabel: publication?.hasAiLabel ?? true,
    readers: readersOf(publication?.access),
    previewBlocks: publication?.previewBlocks?.toString() ?? '',
  };
}

export function toInput(settings: ChosenSettings): PublishSettings {
  return {
    excerpt: settings.excerpt.trim() || null,
    coverUrl: settings.coverUrl.trim() || null,
    canonicalUrl: settings.canonicalUrl.trim() || null,
    language: settings.language === 'auto' ? null : settings.language,
    access: toAccess(settings.readers),
    hasAiLabel: settings.hasAiLabel,
    previewBlocks: settings.previewBlocks === '' ? null : Number(settings.previewBlocks),
  };
}

/** Empty, or an address a browser can open. */
function addressError(address: string): string | null {
  const typed = address.trim();
  const isGood = typed === '' || (/^https?:\/\//i.test(typed) && URL.canParse(typed));
  return isGood ? null : m.publish_url_invalid();
}

interface PublishSettingsFieldsProps {
  settings: ChosenSettings;
  onChange: (settings: ChosenSettings) => void;
  /** Suggests a summary. */
  summarise: ReactNode;
}

export function PublishSettingsFields(props: PublishSettingsFieldsProps) {
  const { settings, onChange, summarise } = props;
  const set = (change: Partial<ChosenSettings>) => onChange({ ...settings, ...change });
  return (
    <details className="rounded-xl border border-line px-3.5 py-2.5">
      <summary className="cursor-pointer text-sm">{m.publish_more()}</summary>
      <div className="mt-3 grid gap-4">
        <TextAreaField
          label={m.publish_excerpt()}
          hint={m.publish_excerpt_hint()}
          rows={3}
          maxLength={LIMITS.excerptLength}
          value={settings.excerpt}
          onChange={(event) => set({ excerpt: event.target.value })}
        />
        {summarise}
        <TextField
          label={m.publish_cover()}
          type="url"
          placeholder="https://"
          maxLength={LIMITS.urlLength}
          value={settings.coverUrl}
          onChange={(event) => set({ coverUrl: event.target.value })}
          error={addressError(settings.coverUrl)}
        />
        <TextField
          label={m.publish_canonical()}
          hint={m.publish_canonical_hint()}
          type="url"
          placeholder="https://"
          maxLength={LIMITS.urlLength}
          value={settings.canonicalUrl}
          onChange={(event) => set({ canonicalUrl: event.target.value })}
          error={addressError(settings.canonicalUrl)}
        />
        <Choice
          label={m.publish_language()}
          value={settings.language}
          onChange={(language) => set({ language })}
          options={[
            { value: 'auto', label: m.publish_language_auto() },
            { value: 'zh-CN', label: m.publish_language_zh() },
            { value: 'en', label: m.publish_language_en() },
          ]}
        />
      </div>
    </details>
  );
}
