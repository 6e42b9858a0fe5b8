import type { Message } from '@ainotebook/contract';

/** Which of several messages after the same one is shown, by the id of that one (`''`: the first). */
export type Choices = Readonly<Record<string, string>>;

export interface Turn {
  message: Message;
  /** Those that follow the same message, this one among them, oldest first. */
  siblings: readonly Message[];
}

/** Oldest first, by the server's clock: ids are made by clients. A question is as old as its first answer. */
export const inOrder = (messages: readonly Message[]): Message[] =>
  messages.toSorted(
    (a, b) =>
      a.createdAt.getTime() - b.createdAt.getTime() ||
      (a.role === b.role ? (a.id < b.id ? -1 : 1) : a.role === 'user' ? -1 : 1),
  );

/** The messages from the first to the last along what was chosen; the newest where nothing was. */
export function turnsOf(messages: readonly Message[], choices: Choices): Turn[] {
  const byParent = new Map<string, Message[]>();
  for (const message of messages) {
    const parent = message.parentId ?? '';
    byParent.set(parent, [...(byParent.get(parent) ?? []), message]);
  }
  const turns: Turn[] = [];
  for (let parent = ''; ; ) {
    const siblings = byParent.get(parent) ?? [];
    const message = siblings.find(({ id }) => id === choices[parent]) ?? siblings.at(-1);
    if (!message) return turns;
    turns.push({ message, siblings });
    parent = message.id;
  }
}

/** True while somebody writes it. */
export const isUnfinished = ({ status }: Pick<Message, 'status'>): boolean =>
  status === 'waiting' || status === 'writing';
