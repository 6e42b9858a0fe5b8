import type { AssistSuggestion } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Sparkles } from 'lucide-react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { toast } from '../../ui/toast.js';

interface SuggestButtonProps {
  articleId: string;
  what: Extract<AssistSuggestion, 'slug' | 'summary'>;
  /** Brings the newest text to the server. */
  onBefore: () => Promise<unknown>;
  onSuggested: (text: string) => void;
}

/** Asks for a suggestion, which takes the place of what stands in the field. */
export function SuggestButton({ articleId, what, onBefore, onSuggested }: SuggestButtonProps) {
  const suggest = trpc.assist.suggest.useMutation();
  async function ask(): Promise<void> {
    try {
      await onBefore().catch(() => undefined);
      const { items } = await suggest.mutateAsync({ id: articleId, what });
      const [first] = items;
      if (first === undefined) toast(m.publish_suggest_nothing());
      else onSuggested(first);
    } catch (error) {
      const { code } = errorInfo(error);
      const isModel = code === 'ai_failed' || code === 'limit_reached';
      toast.error(isModel ? m.publish_suggest_failed() : errorText(code));
    }
  }
  return (
    <Button
      size="sm"
      variant="ghost"
      isBusy={suggest.isPending}
      onClick={() => void ask()}
      className="-mt-3 justify-self-start"
    >
      <Sparkles aria-hidden className="size-3.5" />
      {m.publish_suggest()}
    </Button>
  );
}
