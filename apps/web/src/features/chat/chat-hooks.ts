import type { ConversationScope, Message } from '@ainotebook/contract';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useApp } from '../../app-context.js';
import { errorInfo } from '../../lib/errors.js';
import { toastError } from '../../lib/toast-error.js';
import { uuidv7 } from '../../lib/uuid.js';
import { trpc } from '../../trpc.js';
import { inOrder, isUnfinished } from './branches.js';
import { followAnswer } from './follow-answer.js';

/** Whether a question was refused because the month has no tokens left for it. */
export const isBudgetSpent = (error: unknown): boolean =>
  error !== null && errorInfo(error).code === 'budget_spent';

/** A spent budget is told where the question stands. */
function tellUnlessSpent(error: unknown): void {
  if (!isBudgetSpent(error)) toastError(error);
}

/** What is done in one conversation. */
export function useConversation(id: string) {
  const utils = trpc.useUtils();
  const query = trpc.conversations.get.useQuery({ id });
  const put = (...added: Message[]) =>
    utils.conversations.get.setData({ id }, (known) => {
      if (!known) return known;
      const byId = new Map([...known.messages, ...added].map((one) => [one.id, one]));
      return { ...known, messages: inOrder([...byId.values()]) };
    });
  const listAgain = () => void utils.conversations.list.invalidate();
  const send = trpc.messages.send.useMutation({
    onSuccess: ({ question, answer }) => {
      put(question, answer);
      listAgain();
    },
    onError: tellUnlessSpent,
  });
  const regenerate = trpc.messages.regenerate.useMutation({
    onSuccess: (answer) => void put(answer),
    onError: toastError,
  });
  const stop = trpc.messages.stop.useMutation({
    onSuccess: (answer) => void put(answer),
    onError: toastError,
  });
  const update = trpc.conversations.update.useMutation({
    onSuccess: (changed) => {
      utils.conversations.get.setData({ id }, (known) => known && { ...known, ...changed });
      listAgain();
    },
    onError: toastError,
  });
  return { query, put, send, regenerate, stop, update };
}

/** Starts a conversation with its first question, and goes there. */
export function useFirstQuestion() {
  const navigate = useNavigate();
  const utils = trpc.useUtils();
  const create = trpc.conversations.create.useMutation({ onError: toastError });
  const remove = trpc.conversations.remove.useMutation();
  const send = trpc.messages.send.useMutation({ onError: tellUnlessSpent });
  return {
    isPending: create.isPending || send.isPending,
    isBudgetSpent: isBudgetSpent(send.error),
    async ask(content: string, scope: ConversationScope): Promise<void> {
      const conversation = await create.mutateAsync({ scope });
      const first = { conversationId: conversation.id, id: uuidv7(), parentId: null, content };
      const { question, answer } = await send.mutateAsync(first).catch((error) => {
        // The question is still in its field; a conversation without one is of no use.
        remove.mutate({ id: conversation.id });
        throw error;
      });
      utils.conversations.get.setData(
        { id: conversation.id },
        { ...conversation, messages: [question, answer] },
      );
      // Named after its question by now.
      void utils.conversations.get.invalidate({ id: conversation.id });
      void utils.conversations.list.invalidate();
      await navigate({
        to: '/chat/{-$conversationId}',
        params: { conversationId: conversation.id },
      });
    },
  };
}

/** The text of an answer as it grows. @param onEnd called with the whole of it */
export function useGrowingText(
  message: Message,
  onEnd: (whole: Message) => void,
): { text: string; ahead: number | null } {
  const app = useApp();
  const [text, setText] = useState(message.content);
  const [ahead, setAhead] = useState<number | null>(null);
  const isOpen = isUnfinished(message);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer is followed from where it was when it came
  useEffect(() => {
    if (!isOpen) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    void followAnswer(app, { message, signal, onText: setText, onPlace: setAhead }).then(
      (whole) => {
        if (whole && !signal.aborted) onEnd(whole);
      },
    );
    return () => leaving.abort();
  }, [message.id, isOpen]);
  return { text: isOpen ? text : message.content, ahead };
}
