import type { ConversationScope } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { MessageSquarePlus } from 'lucide-react';
import { useState } from 'react';
import { BudgetNote } from '../features/chat/budget-note.js';
import { useConversation, useFirstQuestion } from '../features/chat/chat-hooks.js';
import { Composer } from '../features/chat/composer.js';
import { ConversationList } from '../features/chat/conversation-list.js';
import { ScopeMenu } from '../features/chat/scope-menu.js';
import { Thread } from '../features/chat/thread.js';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { ErrorBlock, Loading, Skeleton } from '../ui/states.js';

/** One conversation, or where the first question of another one is asked. */
export function ChatScreen() {
  const { conversationId } = useParams({ from: '/member/chat/{-$conversationId}' });
  return conversationId ? <Conversation key={conversationId} id={conversationId} /> : <Start />;
}

/** A first question, and the conversations there were. */
function Start() {
  const { id: noteId } = useSearch({ from: '/member/chat/{-$conversationId}' });
  const [scope, setScope] = useState<ConversationScope>(
    noteId ? { kind: 'articles', ids: [noteId] } : { kind: 'all' },
  );
  const [asked, setAsked] = useState<string>();
  const first = useFirstQuestion();
  const examples = [m.chat_example_week(), m.chat_example_decided(), m.chat_example_open()];
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.nav_chat()} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid w-full max-w-3xl gap-8 px-4 pt-[8vh] pb-16 md:px-8">
          <div className="grid gap-4">
            <p className="text-ink-2">{m.chat_lead()}</p>
            {first.isBudgetSpent && <BudgetNote>{m.chat_budget_kept()}</BudgetNote>}
            <Composer
              key={asked}
              initial={asked}
              label={m.chat_question()}
              placeholder={m.chat_placeholder()}
              isBusy={first.isPending}
              onSend={(content) => first.ask(content, scope)}
            >
              <ScopeMenu scope={scope} onChange={setScope} />
            </Composer>
            <ul className="flex flex-wrap gap-2">
              {examples.map((example) => (
                <li key={example}>
                  <button
                    type="button"
                    onClick={() => setAsked(example)}
                    className="min-h-8 rounded-full border border-line px-3 py-1 text-start text-[0.8125rem] text-ink-2 hover:border-line-strong hover:bg-hover max-md:min-h-11"
                  >
                    {example}
                  </button>
                </li>
              ))}
            </ul>
          </div>
          <section aria-labelledby="conversations">
            <h2 id="conversations" className="mb-2 px-2.5 text-sm font-semibold">
              {m.chat_before()}
            </h2>
            <ConversationList />
          </section>
        </div>
      </div>
    </div>
  );
}

/** One conversation; beside it, where there is room, the others. */
function Conversation({ id }: { id: string }) {
  const actions = useConversation(id);
  const { query } = actions;
  return (
    <div className="flex min-w-0 flex-1 bg-paper">
      <aside
        aria-label={m.chat_before()}
        className="w-64 shrink-0 overflow-y-auto border-e border-line p-2 max-xl:hidden"
      >
        <ConversationList openId={id} />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <ScreenHeader title={query.data?.title || m.nav_chat()}>
          <Link
            to="/chat/{-$conversationId}"
            params={{ conversationId: undefined }}
            aria-label={m.chat_new()}
            title={m.chat_new()}
            className="inline-flex size-8 items-center justify-center rounded-lg text-ink-3 hover:bg-hover hover:text-ink max-md:size-11"
          >
            <MessageSquarePlus aria-hidden className="size-[1.0625rem]" />
          </Link>
        </ScreenHeader>
        {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && (
          <Loading>
            <div className="mx-auto grid max-w-3xl gap-6 px-4 pt-6 md:px-8">
              <Skeleton className="h-10 w-1/2 justify-self-end" />
              <Skeleton className="h-24 w-full" />
            </div>
          </Loading>
        )}
        {query.data && <Thread conversation={query.data} actions={actions} />}
      </div>
    </div>
  );
}
