import type { Citation, ConversationWithMessages, Message } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Suspense, useEffect, useRef, useState } from 'react';
import { lazyPart } from '../../lib/lazy-part.js';
import { toastError } from '../../lib/toast-error.js';
import { uuidv7 } from '../../lib/uuid.js';
import { useNewNote } from '../articles/use-new-note.js';
import { useRememberAi } from '../provenance/use-remember-ai.js';
import { Answer } from './answer.js';
import { type Choices, isUnfinished, turnsOf } from './branches.js';
import { BudgetNote } from './budget-note.js';
import { isBudgetSpent, type useConversation } from './chat-hooks.js';
import { Composer } from './composer.js';
import { Question } from './question.js';
import { ScopeMenu } from './scope-menu.js';
import { useStayAtEnd } from './use-stay-at-end.js';

const QuoteSheet = lazyPart('QuoteSheet', () => import('./quote-sheet.js'));

/** Its words are those of the question, so that the same passages are found. */
const continuationOf = (question: string) =>
  m.chat_continue_question({ question }).slice(0, LIMITS.messageLength);

interface ThreadProps {
  conversation: ConversationWithMessages;
  actions: ReturnType<typeof useConversation>;
}

/** A conversation from its first question to the last answer, and where the next one is asked. */
export function Thread({ conversation, actions }: ThreadProps) {
  const { send, regenerate, stop, update, put } = actions;
  const [choices, setChoices] = useState<Choices>({});
  const [open, setOpen] = useState<Citation | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  useStayAtEnd(scroller);
  const newNote = useNewNote();
  const remember = useRememberAi();
  const turns = turnsOf(conversation.messages, choices);
  const last = turns.at(-1)?.message;
  const isBusy = send.isPending || turns.some(({ message }) => isUnfinished(message));
  const questionOf = ({ parentId }: Message) =>
    conversation.messages.find(({ id }) => id === parentId)?.content ?? '';
  const ask = (content: string, parentId: string | null) => {
    // What is new stands in front of what was there.
    setChoices(({ [parentId ?? '']: _, ...others }) => others);
    return send.mutateAsync({ conversationId: conversation.id, id: uuidv7(), parentId, content });
  };
  async function keep(message: Message): Promise<void> {
    const { answerNote } = await import('./answer-note.js');
    const { written, ...note } = answerNote(questionOf(message), message);
    const articleId = newNote(note);
    const { isExtractive = true, isNotFound, model = null } = message.receipt ?? {};
    const from = { source: 'answer', model, replaced: '' } as const;
    if (!isExtractive && !isNotFound) remember({ articleId, text: written, ...from });
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is brought into view
  useEffect(() => {
    // With braces: newer browsers answer a promise, which an effect may not.
    end.current?.scrollIntoView({ block: 'end' });
  }, [last?.id]);

  return (
    <>
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid w-full max-w-3xl grid-cols-1 gap-6 px-4 pt-4 pb-8 md:px-8">
          {turns.map((turn) => {
            const { message } = turn;
            const choose = (id: string) =>
              setChoices((known) => ({ ...known, [message.parentId ?? '']: id }));
            return message.role === 'user' ? (
              <Question
                key={message.id}
                turn={turn}
                isBusy={isBusy}
                onEdit={(content) => ask(content, message.parentId)}
                onChoose={choose}
              />
            ) : (
              <Answer
                key={message.id}
                turn={turn}
                isOfWeb={conversation.scope.kind === 'web'}
                onEnd={put}
                onStop={() => stop.mutate({ id: message.id })}
                onRegenerate={() => {
                  setChoices(({ [message.parentId ?? '']: _, ...others }) => others);
                  regenerate.mutate({ id: message.id, answerId: uuidv7() });
                }}
                onContinue={
                  message.id === last?.id && !isBusy
                    ? () => void ask(continuationOf(questionOf(message)), message.id)
                    : null
                }
                onKeep={() => void keep(message).catch(toastError)}
                onChoose={choose}
                onOpen={(number) =>
                  setOpen(message.citations.find((one) => one.number === number) ?? null)
                }
              />
            );
          })}
          <div ref={end} />
        </div>
      </div>
      <div className="mx-auto w-full max-w-3xl shrink-0 px-4 pb-4 md:px-8">
        {isBudgetSpent(send.error) && <BudgetNote>{m.chat_budget_kept()}</BudgetNote>}
        <Composer
          label={m.chat_question()}
          placeholder={m.chat_placeholder_more()}
          isBusy={isBusy}
          onSend={(content) => ask(content, last?.id ?? null)}
        >
          <ScopeMenu
            scope={conversation.scope}
            onChange={(scope) => update.mutate({ id: conversation.id, scope })}
          />
        </Composer>
      </div>
      {open && (
        <Suspense fallback={null}>
          <QuoteSheet citation={open} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </>
  );
}
